import type { Messages } from "./catalog";

/** The messages in German. */
export const GERMAN: Messages = {
  redeem: {
    REFUND_PENDING:
      "Eine Erstattung der Bestellung läuft, daher kann die Berechtigung nicht eingelöst werden.",
    PENDING_ENROLLMENT: "Die Einschreibung in den gewählten Kurslauf ist noch nicht bestätigt. Bitte warten.",
    EXPIRED: "Die Berechtigung ist abgelaufen.",
    ALREADY_REDEEMED:
      "Die Berechtigung ist bereits für einen Kurslauf eingelöst. Wechseln Sie stattdessen den Kurslauf.",
    EXPIRATION_PERIOD_OVER: "Die Frist, in der die Berechtigung eingelöst werden konnte, ist vorbei.",
  },
  regain: {
    REFUND_PENDING:
      "Eine Erstattung der Bestellung läuft, daher kann der Kurslauf weder verlassen noch gewechselt werden.",
    PENDING_ENROLLMENT: "Die Einschreibung in den gewählten Kurslauf ist noch nicht bestätigt. Bitte warten.",
    EXPIRED:
      "Die Berechtigung ist abgelaufen, daher kann der Kurslauf nicht mehr verlassen oder gewechselt werden.",
    NOT_REDEEMED:
      "Die Berechtigung ist für keinen Kurslauf eingelöst, daher gibt es keinen, den man verlassen könnte.",
    CERTIFICATE_EARNED:
      "Für den Kurslauf gibt es ein Zertifikat, daher kann er nicht mehr verlassen oder gewechselt werden.",
    REGAIN_PERIOD_OVER: "Die Frist, in der der Kurslauf verlassen oder gewechselt werden konnte, ist vorbei.",
  },
  refund: {
    REFUND_PENDING: "Eine Erstattung der Bestellung läuft bereits.",
    PENDING_ENROLLMENT: "Die Einschreibung in den gewählten Kurslauf ist noch nicht bestätigt. Bitte warten.",
    ALREADY_REFUNDED: "Die Bestellung wurde bereits erstattet.",
    REFUND_LOCKED: "Eine Erstattung der Bestellung ist ausgeschlossen. Den Grund erfahren Sie beim Support.",
    EXPIRED: "Die Berechtigung ist abgelaufen, daher kann die Bestellung nicht mehr erstattet werden.",
    NO_ORDER: "Für die Berechtigung wurde nichts bezahlt, daher gibt es nichts zu erstatten.",
    REFUND_PERIOD_OVER: "Die Frist, in der die Bestellung erstattet werden konnte, ist vorbei.",
    CERTIFICATE_EARNED:
      "Für den Kurslauf gibt es ein Zertifikat, daher kann die Bestellung nicht mehr erstattet werden.",
    REGAIN_PERIOD_OVER:
      "Der Kurslauf kann nicht mehr verlassen werden, daher kann auch die Bestellung nicht mehr erstattet werden.",
    REFUNDS_NOT_HANDLED:
      "Bestellungen werden hier nicht erstattet. Wenden Sie sich an die Stelle, bei der bezahlt wurde.",
  },
  session: {
    RUN_UNKNOWN: "Der Katalog enthält den Kurslauf nicht.",
    NO_START_DATE: "Der Kurslauf hat noch keinen Beginn.",
    MODE_NOT_OFFERED: "Der Kurslauf wird nicht in der Teilnahmeart der Berechtigung angeboten.",
    UPGRADE_DEADLINE_PASSED:
      "Die Frist, um in der Teilnahmeart der Berechtigung am Kurslauf teilzunehmen, ist vorbei.",
    ENROLLMENT_NOT_OPEN: "Die Einschreibung in den Kurslauf hat noch nicht begonnen.",
    ENROLLMENT_CLOSED: "Die Einschreibung in den Kurslauf ist beendet.",
    COURSE_FULL: "Der Kurslauf hat keinen freien Platz.",
    ALREADY_ENROLLED:
      "In dem Kurslauf gibt es bereits einen Platz, der nicht mit dieser Berechtigung bezahlt wurde.",
    REFUND_PENDING: "Eine Erstattung der Bestellung läuft, daher kann kein Kurslauf gewählt werden.",
    PENDING_ENROLLMENT: "Die Einschreibung in den gewählten Kurslauf ist noch nicht bestätigt. Bitte warten.",
    EXPIRED: "Die Berechtigung ist abgelaufen, daher kann kein Kurslauf gewählt werden.",
    EXPIRATION_PERIOD_OVER: "Die Frist, in der ein Kurslauf gewählt werden konnte, ist vorbei.",
    CERTIFICATE_EARNED:
      "Für den jetzigen Kurslauf gibt es ein Zertifikat, daher kann er nicht mehr gewechselt werden.",
    REGAIN_PERIOD_OVER: "Die Frist, in der der jetzige Kurslauf gewechselt werden konnte, ist vorbei.",
  },
};
