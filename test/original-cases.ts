/** A test of ours: its file in this folder, and its title, or that of the tests it is one of. */
export type Test = readonly [file: string, title: string];

/** Which of our tests cover which case of the original. `docs/original-cases.md` says what each case is. */
export const CASES: Record<string, readonly Test[]> = {
  M1: [
    [
      "use-cases/sessions/enroll-if-entitled.test.ts",
      "M1: the enroll button redeems an entitlement when there is one",
    ],
  ],
  M2: [
    [
      "use-cases/sessions/enroll-if-entitled.test.ts",
      "M2: it redeems nothing for a run that is not in the catalog or belongs to another course",
    ],
  ],
  M3: [
    [
      "original-cases/rules.test.ts",
      "M3: a fresh one is redeemable; one of two years ago is not, nor an expired one, nor is that refundable",
    ],
  ],
  M4: [
    [
      "original-cases/rules.test.ts",
      "M4: an order is refundable while it is fresh, or unspent, or can still be left",
    ],
  ],
  M5: [
    [
      "original-cases/rules.test.ts",
      "M5: a run can be left for two weeks, unless a certificate has been earned there",
    ],
  ],
  M6: [["original-cases/rules.test.ts", "M6: a spent one has no more days left than its policy gives"]],
  M7: [["original-cases/rules.test.ts", "M7: the expiry is told at once and stored by the next sweep:"]],
  M8: [
    [
      "original-cases/rules.test.ts",
      "M8: to leave a run that it is not spent on refunds nothing; to leave its own refunds it when asked to",
    ],
  ],
  R1: [["original-cases/asking.test.ts", "R1: who has not signed in is asked to"]],
  R2: [["original-cases/asking.test.ts", "R2: a learner may list"]],
  R3: [
    [
      "original-cases/asking.test.ts",
      "R3: an order without a mode and a course is not understood, and changes nothing",
    ],
  ],
  R4: [["original-cases/asking.test.ts", "R4: a learner may not give themselves anything"]],
  R5: [["original-cases/asking.test.ts", "R5: a learner may not revoke"]],
  R6: [
    [
      "use-cases/entitlements/fulfill-order.test.ts",
      "R6: the order of a shop creates an entitlement, and the answer shows what is stored",
    ],
  ],
  R7: [
    [
      "use-cases/entitlements/fulfill-order.test.ts",
      "R7, 8.7.12: the same order again answers with the same entitlement and changes nothing",
    ],
  ],
  R8: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R8: without an order, a learner can get any number of entitlements for one course",
    ],
  ],
  R9: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R9: is none where there is none, which means the default periods",
    ],
    ["rules/policy-choice.test.ts", "R9: without policies is none"],
  ],
  R10: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R10: is none where the only one is for another mode",
    ],
    ["rules/policy-choice.test.ts", "R10: is none when only another mode has one"],
  ],
  R11: [
    ["use-cases/entitlements/grant-entitlement.test.ts", "R11: is one for its mode at any site"],
    ["rules/policy-choice.test.ts", "R11: is the one for its mode"],
  ],
  R12: [
    ["use-cases/entitlements/grant-entitlement.test.ts", "R12: is one for this site and any mode"],
    ["rules/policy-choice.test.ts", "R12: is the one for its site"],
  ],
  R13: [
    ["use-cases/entitlements/grant-entitlement.test.ts", "R13: is the site's before the mode's"],
    ["rules/policy-choice.test.ts", "R13: is sooner its site's than its mode's"],
  ],
  R14: [
    ["use-cases/entitlements/grant-entitlement.test.ts", "R14: is the site's for the mode before all others"],
    ["rules/policy-choice.test.ts", "R14: is the one for both before either"],
  ],
  R15: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R15: is the professional one for both professional modes",
    ],
    ["rules/policy-choice.test.ts", "R15: knows one professional mode only"],
  ],
  R16: [
    [
      "original-cases/asking.test.ts",
      "R16, R17: an order says nothing about e-mail, so it never opts anybody in or out",
    ],
  ],
  R17: [
    [
      "original-cases/asking.test.ts",
      "R16, R17: an order says nothing about e-mail, so it never opts anybody in or out",
    ],
  ],
  R18: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R18: support grants an entitlement without an order, and a support detail records the comments",
    ],
  ],
  R19: [
    [
      "use-cases/entitlements/fulfill-order.test.ts",
      "R19: is upgraded in the only such run, for which the entitlement is redeemed",
    ],
  ],
  R20: [
    [
      "use-cases/entitlements/fulfill-order.test.ts",
      "R20: is upgraded in a self-paced run until the upgrade deadline of that run",
    ],
  ],
  R21: [["use-cases/entitlements/fulfill-order.test.ts", "R21: is not upgraded after leaving the run"]],
  R22: [
    [
      "original-cases/asking.test.ts",
      "R22, R23: whoever asks for their own gets their own only, staff as well",
    ],
  ],
  R23: [
    [
      "original-cases/asking.test.ts",
      "R22, R23: whoever asks for their own gets their own only, staff as well",
    ],
  ],
  R24: [
    [
      "original-cases/asking.test.ts",
      "R24, R28: what is due is told as expired, and asking stores nothing, whoever asks",
    ],
  ],
  R25: [["original-cases/asking.test.ts", "R25: a learner sees at once which of theirs has expired"]],
  R26: [["original-cases/asking.test.ts", "R26: staff ask for those of one learner"]],
  R27: [["original-cases/asking.test.ts", "R27: staff and support ask for anybody's"]],
  R28: [
    [
      "original-cases/asking.test.ts",
      "R24, R28: what is due is told as expired, and asking stores nothing, whoever asks",
    ],
  ],
  R29: [["original-cases/asking.test.ts", "R29: courses and expiry filter together"]],
  R30: [
    [
      "use-cases/entitlements/revoke-entitlement.test.ts",
      "R30: a revoked entitlement that is not redeemed expires, is not deleted, and has a support detail with the reason",
    ],
  ],
  R31: [
    [
      "use-cases/entitlements/revoke-entitlement.test.ts",
      "R31: revoking a redeemed entitlement ends the enrollment of the learner",
    ],
  ],
  R32: [
    [
      "use-cases/entitlements/reissue-entitlement.test.ts",
      "R32: an expired and redeemed entitlement is reissued as neither, and a support detail records the comments",
    ],
  ],
  R33: [
    [
      "use-cases/entitlements/reissue-entitlement.test.ts",
      "R33: an order that was refundable before the reissue stays refundable",
    ],
  ],
  R34: [
    [
      "use-cases/entitlements/reissue-entitlement.test.ts",
      "R34: an order that was not refundable before the reissue is locked, so that it never becomes refundable",
    ],
  ],
  E1: [
    [
      "use-cases/sessions/enroll-and-fulfill.test.ts",
      "E1: an entitlement is redeemed for a run, and the learner is enrolled in its mode",
    ],
  ],
  E2: [
    [
      "use-cases/sessions/leave-session.test.ts",
      "E2: the learner leaves the run, and the entitlement is not redeemed and not expired",
    ],
  ],
  E3: [
    [
      "use-cases/sessions/switch-session.test.ts",
      "E3: the learner is enrolled in the new run and leaves the old one",
    ],
  ],
  E4: [
    [
      "use-cases/sessions/enroll-and-fulfill.test.ts",
      "E4: an enrollment in the entitlement's mode that was bought by other means is refused",
    ],
  ],
  E5: [
    [
      "use-cases/sessions/enroll-and-fulfill.test.ts",
      "E5: a free enrollment is upgraded even in a run that has ended, up to the upgrade deadline",
    ],
  ],
  E6: [["use-cases/sessions/enroll-and-fulfill.test.ts", "E6: a free enrollment is upgraded and linked"]],
  E7: [["use-cases/sessions/enroll-and-fulfill.test.ts", "E7: a run of another course is refused"]],
  E8: [
    [
      "use-cases/refunds/unenroll-and-refund.test.ts",
      "E8: an accepted refund ends the enrollment and the entitlement, with the learner as the author in the history",
    ],
  ],
  E9: [
    [
      "use-cases/refunds/unenroll-and-refund.test.ts",
      "E9: an entitlement that cannot be refunded is refused with the reason, before the shop is asked",
    ],
  ],
  E10: [["use-cases/refunds/unenroll-and-refund.test.ts", "E10: the shop refuses"]],
  S1: [
    [
      "original-cases/asking.test.ts",
      "S1: a fresh entitlement shows all that the original showed, its instants in UTC to the millisecond",
    ],
  ],
  F1: [
    ["original-cases/rules.test.ts", "F1: while it takes enrollments"],
    ["rules/run-rules.test.ts", "F1: started and open"],
  ],
  F2: [
    ["original-cases/rules.test.ts", "F2: but not one that the catalog does not know"],
    ["rules/run-rules.test.ts", "F2: not when nobody knows it"],
  ],
  F3: [
    ["original-cases/rules.test.ts", "F3: but not one without a start date"],
    ["rules/run-rules.test.ts", "F3: not without a start date"],
  ],
  F4: [
    ["original-cases/rules.test.ts", "F4: but not once it has ended, for a stranger"],
    ["rules/run-rules.test.ts", "F4: not once enrollment has ended"],
  ],
  F5: [
    ["original-cases/rules.test.ts", "F5: but not before it takes any"],
    ["rules/run-rules.test.ts", "F5: not before enrollment begins"],
  ],
  F6: [
    ["original-cases/rules.test.ts", "F6: for whoever is in it"],
    ["rules/run-rules.test.ts", "F6: enrolled and open"],
  ],
  F7: [
    ["original-cases/rules.test.ts", "F7: for whoever is in it, after enrollment has ended"],
    ["rules/run-rules.test.ts", "F7, F9: enrolled, closed, the upgrade still open"],
  ],
  F8: [
    ["original-cases/rules.test.ts", "F8: but not after the upgrade deadline"],
    ["rules/run-rules.test.ts", "F8: not after the upgrade deadline"],
  ],
  F9: [
    ["original-cases/rules.test.ts", "F9: for whoever is in it, even after it has ended"],
    ["rules/run-rules.test.ts", "F7, F9: enrolled, closed, the upgrade still open"],
  ],
  T1: [["original-cases/sweep.test.ts", "T1: what is due is expired, each once"]],
  T2: [["original-cases/sweep.test.ts", "T2: what has expired before is left alone"]],
  T3: [
    [
      "use-cases/entitlements/expire-due-entitlements.test.ts",
      "rows that the database refuses to change are reported and stop none of the others",
    ],
    ["jobs/start-jobs.test.ts", "that fails is repeated from the same place under the same request id"],
  ],
  T4: [["original-cases/sweep.test.ts", "T4: the expiration period is over a moment after it has ended"]],
  C1: [["original-cases/sweep.test.ts", "C1: a dry run finds one and expires none"]],
  C2: [["original-cases/sweep.test.ts", "C2: where nothing is due, nothing happens"]],
  C3: [
    [
      "use-cases/entitlements/expire-due-entitlements.test.ts",
      "a sweep that was stopped continues where it stopped",
    ],
  ],
  N11: [["original-cases/asking.test.ts", "N11: hold the current one"]],
  N12: [["original-cases/asking.test.ts", "N12, N13: hold the current one even when it is no longer sold"]],
  N13: [["original-cases/asking.test.ts", "N12, N13: hold the current one even when it is no longer sold"]],
  N14: [["original-cases/asking.test.ts", "N14: none is to be had when none is sold, and each says why"]],
  "8.7.1": [
    ["rules/entitlement-rules.test.ts", "an entitlement that is not redeemed, by its age"],
    [
      "rules/entitlement-rules.test.ts",
      "a redeemed entitlement counts from the latest of creation, enrollment and run start",
    ],
  ],
  "8.7.2": [
    [
      "use-cases/policies/entitlement-policies.test.ts",
      "8.7.2: there is at most one policy for each site and mode, where any site and any mode count as values",
    ],
    [
      "rules/policy-choice.test.ts",
      "does not depend on the order in which policies are stored, and is the closest that applies",
    ],
  ],
  "8.7.3": [["races.test.ts", "%s and %s at once end as one of them after the other"]],
  "8.7.4": [
    [
      "use-cases/sessions/switch-session.test.ts",
      "8.7.4: when the new run is not available, the old one stays and no history entry is added",
    ],
  ],
  "8.7.5": [
    ["use-cases/refunds/unenroll-and-refund.test.ts", "while the outcome of the refund is not known"],
    [
      "use-cases/refunds/unenroll-and-refund.test.ts",
      "a repeated request after success returns the same refund",
    ],
  ],
  "8.7.6": [
    [
      "use-cases/sessions/switch-session.test.ts",
      "8.7.6: switching to the current run changes nothing and adds no history entry",
    ],
  ],
  "8.7.7": [
    [
      "use-cases/sessions/enroll-and-fulfill.test.ts",
      "8.7.7: a run in which the learner is enrolled in another paid mode is refused, and nothing changes",
    ],
  ],
  "8.7.8": [
    [
      "use-cases/sessions/leave-session.test.ts",
      "8.7.8: a run that the catalog does not contain can be left",
    ],
  ],
  "8.7.9": [
    [
      "original-cases/rules.test.ts",
      "8.7.9: after the time to leave, there is no refund, though nobody has noted the expiry yet",
    ],
  ],
  "8.7.10": [
    [
      "use-cases/entitlements/reissue-entitlement.test.ts",
      "8.7.10: a link to an enrollment that is no longer active is cleared too",
    ],
  ],
  "8.7.11": [
    ["history/write-paths.test.ts", "is in history exactly once, with its source"],
    ["history/write-paths.test.ts", "leaves nothing in a transaction that is rolled back"],
    [
      "history/actors.test.ts",
      "an account that is deleted takes its entitlements along, and leaves their history and its name",
    ],
    [
      "history/history-properties.test.ts",
      "a thousand changes while the clock stands still show no row twice and none that is gone",
    ],
  ],
  "8.7.12": [
    [
      "use-cases/entitlements/fulfill-order.test.ts",
      "R7, 8.7.12: the same order again answers with the same entitlement and changes nothing",
    ],
  ],
  "8.7.13": [
    [
      "original-cases/asking.test.ts",
      "8.7.13: support reads anybody's, and learners never what support has noted",
    ],
  ],
  "8.7.14": [
    ["original-cases/asking.test.ts", "8.7.14: a missing run, start or enrollment date spoils no list"],
  ],
  "8.7.15": [
    [
      "use-cases/entitlements/expire-due-entitlements.test.ts",
      "rows that the database refuses to change are reported and stop none of the others",
    ],
  ],
  "8.7.16": [["auth/verify-token.test.ts", "refuses %s"]],
};
