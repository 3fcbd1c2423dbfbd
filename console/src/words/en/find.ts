/** The words of the search. */
export const find = {
  "find.title": "Find a learner",
  "find.lead":
    "By username, e-mail address, order, course, or the id of an entitlement. A beginning is enough.",
  "find.label": "Search",
  "find.placeholder": "Username, e-mail, order, course or id",
  "find.open": "Search everything",
  "find.results": "Results",
  "find.group.User": "Learners",
  "find.group.CourseEntitlement": "Entitlements",
  "find.group.Course": "Courses",
  "find.group.CourseRun": "Runs",
  "find.none": "Nothing begins with “{text}”",
  "find.noneHint": "Check the spelling, or try the e-mail address or the number of the order.",
  "find.order": "Order {number}",
  "find.noOrder": "No order",
  "find.untitled": "A course that the catalog does not contain",
  "find.keys": "{up}{down} to choose, {enter} to open",
} as const;
