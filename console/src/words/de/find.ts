/** The words of the search, in German. */
export const find = {
  "find.title": "Eine Person finden",
  "find.lead":
    "Nach Benutzername, E-Mail-Adresse, Bestellung, Kurs oder Nummer einer Berechtigung. Der Anfang genügt.",
  "find.label": "Suche",
  "find.placeholder": "Benutzername, E-Mail, Bestellung, Kurs oder Nummer",
  "find.open": "Überall suchen",
  "find.results": "Ergebnisse",
  "find.group.User": "Personen",
  "find.group.CourseEntitlement": "Berechtigungen",
  "find.group.Course": "Kurse",
  "find.group.CourseRun": "Kursläufe",
  "find.none": "Nichts beginnt mit „{text}“",
  "find.noneHint":
    "Prüfen Sie die Schreibweise, oder suchen Sie nach der E-Mail-Adresse oder der Nummer der Bestellung.",
  "find.order": "Bestellung {number}",
  "find.noOrder": "Keine Bestellung",
  "find.untitled": "Ein Kurs, den der Katalog nicht enthält",
  "find.keys": "{up}{down} zum Wählen, {enter} zum Öffnen",
};
