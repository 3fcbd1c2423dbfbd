/** The words of the page of one entitlement, in German. */
export const entitlement = {
  "entitlement.unknown": "Diese Berechtigung gibt es nicht",
  "entitlement.unknownHint": "Sie ist nicht vorhanden, oder sie gehört einer anderen Person.",
  "entitlement.order": "Bestellung",
  "entitlement.created": "Seit",

  "time.travel": "Zeitreise",
  "time.now": "Jetzt",
  "time.bar": "Gezeigter Zeitpunkt: {place}",
  "time.hint": "Die Pfeiltasten springen von Änderung zu Änderung",

  "timeline.title": "Zeitleiste",
  "timeline.count": "{count, plural, one {# Änderung} other {# Änderungen}}, die neueste zuerst",
  "timeline.support": "Support",
  "timeline.times": "({times}-mal)",
  "timeline.request": "Anfrage",
  "timeline.more": "{count, plural, one {# weiteres Feld} other {# weitere Felder}}",
  "timeline.fewer": "Weniger Felder",
  "timeline.then": "Den Stand von damals zeigen",
  "timeline.older": "Ältere Änderungen zeigen",

  "compare.action": "Vergleichen",
  "compare.one": "Wählen Sie ein zweites Ereignis zum Vergleich.",
  "compare.two": "Zwei Ereignisse sind gewählt.",
  "compare.title": "Was sich unterscheidet",
  "compare.caption": "Wie die Berechtigung zu zwei Zeitpunkten stand, soweit es sich unterscheidet",
  "compare.back": "Zurück zur Zeitleiste",
  "compare.between":
    "{count, plural, one {# Ereignis führte} other {# Ereignisse führten}} vom einen zum anderen, das neueste zuerst",
  "compare.same":
    "{count, plural, one {# Angabe oder Entscheidung ist} other {# Angaben und Entscheidungen sind}} gleich.",
  "compare.nothing": "Nichts unterscheidet sich.",
  "compare.wrong": "Diesen Zeitpunkt gibt es nicht",
  "compare.wrongHint":
    "Die Adresse wurde beim Senden vielleicht abgeschnitten. Gehen Sie zurück zur Zeitleiste und wählen Sie zwei Ereignisse.",

  "diff.first": "Werte am Anfang",
  "diff.changed": "Was sich geändert hat",
  "diff.field": "Feld",
  "diff.before": "Vorher",
  "diff.after": "Nachher",
  "diff.nothing": "nichts",

  "standing.title": "Wie es steht",
  "standing.then": "Stand von {instant}",
  "standing.now": "jetzt: {value}",
  "standing.before": "Zu diesem Zeitpunkt gab es die Berechtigung noch nicht.",
  "standing.asKnownNow": "Kurse und Konten heißen, wie sie heute heißen.",

  "sessions.title": "Kursläufe",
  "sessions.asKnownNow": "auf heutigem Stand",
  "session.starts": "beginnt am {day}",
  "session.noDate": "Noch ohne Datum",
  "session.current": "Gewählt",
  "session.open": "Offen",
  "session.closed": "Nicht offen",

  "refunds.title": "Erstattungen",
  "refunds.asked":
    "{count, plural, =0 {Der Shop wurde nicht gefragt} =1 {Der Shop wurde einmal gefragt} other {Der Shop wurde #-mal gefragt}}",
  "refunds.again": "Nächste Frage {when}",
  "refunds.due": "Nächste Frage jeden Moment",
  "refunds.detail": "Der Shop sagte: {detail}",

  "policy.name": "{site}, {mode}",
  "policy.retired": "außer Gebrauch",
  "policy.default": "Voreinstellung dieser Installation",
  "policy.anySite": "jede Site",
  "policy.anyMode": "jeder Modus",
  "policy.days": "{count, plural, one {# Tag} other {# Tage}}",
  "policy.periods": "{expiration} Tage zum Wählen, {refund} zum Erstatten, {regain} zum Verlassen",

  "value.days": "{days, plural, one {# Tag} other {# Tage}}",
  "value.yes": "Ja",
  "value.no": "Nein",
  "value.none": "–",

  "fact.session": "Kurslauf",
  "fact.mode": "Modus",
  "fact.locked": "Erstattung gesperrt",
  "fact.expires": "Gilt bis",
  "fact.expired": "Abgelaufen am",
  "fact.cause": "Grund des Ablaufs",
  "fact.policy": "Regelung",
  "fact.periods": "Fristen",
};
