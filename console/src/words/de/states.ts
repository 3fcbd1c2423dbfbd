/** The words for the values that the API names, in German. */
export const states = {
  "state.AVAILABLE": "Verfügbar",
  "state.FULFILLED_CHANGEABLE": "Im Kurs, änderbar",
  "state.FULFILLED": "Im Kurs, endgültig",
  "state.PENDING_ENROLLMENT": "Wird eingeschrieben",
  "state.EXPIRED": "Abgelaufen",
  "state.REFUNDED": "Erstattet",
  "state.REVOKED": "Entzogen",

  "refund.REQUESTED": "Der Shop wird gefragt",
  "refund.IN_DOUBT": "Ungewiss: wird erneut gefragt",
  "refund.NEEDS_REVIEW": "Braucht eine Entscheidung",
  "refund.SUCCEEDED": "Bestellung erstattet",
  "refund.FAILED": "Nicht erstattet",

  "cause.LAPSED": "Die Zeit war vorbei",
  "cause.REFUNDED": "Erstattet",
  "cause.REVOKED": "Entzogen",
  "cause.SUPPORT": "Vom Support beendet",

  "source.API": "über die API",
  "source.JOB": "im Hintergrund",
  "source.CLI": "durch den Betrieb",
  "source.DATABASE": "durch direktes SQL",
  "source.IMPORT": "durch einen Import",
};
