/** A test: its file in this folder, and its title or the title of its group. */
export type Test = readonly [file: string, title: string];

/** The tests that cover each case of the original. `docs/original-cases.md` describes each case. */
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
      "M2: the enroll button redeems nothing for a run that is not in the catalog or belongs to another course",
    ],
  ],
  M3: [
    [
      "original-cases/rules.test.ts",
      "M3: a new entitlement is redeemable; one that is two years old is not; an expired one is neither redeemable nor refundable",
    ],
  ],
  M4: [
    [
      "original-cases/rules.test.ts",
      "M4: an order is refundable while it is new and its entitlement is not redeemed or can still leave the run",
    ],
  ],
  M5: [
    [
      "original-cases/rules.test.ts",
      "M5: a learner can leave a run for two weeks, unless the learner has a certificate for it",
    ],
  ],
  M6: [
    [
      "original-cases/rules.test.ts",
      "M6: a redeemed entitlement has no more days left than its expiration period",
    ],
  ],
  M7: [["original-cases/rules.test.ts", "M7: the expiry is shown at once and stored by the next sweep:"]],
  M8: [
    [
      "original-cases/rules.test.ts",
      "M8: leaving a run that is not linked refunds nothing; leaving the linked run refunds the order on request",
    ],
  ],
  R1: [["original-cases/asking.test.ts", "R1: a caller who is not signed in is asked to sign in"]],
  R2: [["original-cases/asking.test.ts", "R2: a learner may list entitlements"]],
  R3: [
    [
      "original-cases/asking.test.ts",
      "R3: an order without a mode and a course is an error of the caller, and changes nothing",
    ],
  ],
  R4: [["original-cases/asking.test.ts", "R4: a learner may not grant entitlements"]],
  R5: [["original-cases/asking.test.ts", "R5: a learner may not revoke entitlements"]],
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
      "R9: is null where no policy exists, and then the default periods apply",
    ],
    ["rules/policy-choice.test.ts", "R9: is null without policies"],
  ],
  R10: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R10: is null where the only policy is for another mode",
    ],
    ["rules/policy-choice.test.ts", "R10: is null when the only policy is for another mode"],
  ],
  R11: [
    ["use-cases/entitlements/grant-entitlement.test.ts", "R11: is the policy for its mode at any site"],
    ["rules/policy-choice.test.ts", "R11: is the policy for its mode"],
  ],
  R12: [
    ["use-cases/entitlements/grant-entitlement.test.ts", "R12: is the policy for this site and any mode"],
    ["rules/policy-choice.test.ts", "R12: is the policy for its site"],
  ],
  R13: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R13: is the policy for the site rather than the policy for the mode",
    ],
    ["rules/policy-choice.test.ts", "R13: is the policy for its site rather than the one for its mode"],
  ],
  R14: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R14: is the policy for the site and the mode rather than any other",
    ],
    ["rules/policy-choice.test.ts", "R14: is the policy for both rather than for one of them"],
  ],
  R15: [
    [
      "use-cases/entitlements/grant-entitlement.test.ts",
      "R15: is the professional policy for both professional modes",
    ],
    ["rules/policy-choice.test.ts", "R15: is the same for both professional modes"],
  ],
  R16: [
    [
      "original-cases/asking.test.ts",
      "R16, R17: an order has no field for e-mail preferences, so it never changes them",
    ],
  ],
  R17: [
    [
      "original-cases/asking.test.ts",
      "R16, R17: an order has no field for e-mail preferences, so it never changes them",
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
      "R22, R23: the viewer's list holds only the viewer's own entitlements, also for staff",
    ],
  ],
  R23: [
    [
      "original-cases/asking.test.ts",
      "R22, R23: the viewer's list holds only the viewer's own entitlements, also for staff",
    ],
  ],
  R24: [
    [
      "original-cases/asking.test.ts",
      "R24, R28: a due entitlement is shown as expired to every reader, and reading stores nothing",
    ],
  ],
  R25: [
    ["original-cases/asking.test.ts", "R25: learners see at once which of their entitlements have expired"],
  ],
  R26: [["original-cases/asking.test.ts", "R26: staff can list the entitlements of one learner"]],
  R27: [["original-cases/asking.test.ts", "R27: staff and support can list the entitlements of any learner"]],
  R28: [
    [
      "original-cases/asking.test.ts",
      "R24, R28: a due entitlement is shown as expired to every reader, and reading stores nothing",
    ],
  ],
  R29: [["original-cases/asking.test.ts", "R29: the filters by course and by expiry can be combined"]],
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
      "S1: a new entitlement has all fields of the original, with instants in UTC to the millisecond",
    ],
  ],
  F1: [
    ["original-cases/rules.test.ts", "F1: while enrollment is open"],
    ["rules/run-rules.test.ts", "F1: when it has started and enrollment is open"],
  ],
  F2: [
    ["original-cases/rules.test.ts", "F2: but not when the catalog does not contain it"],
    ["rules/run-rules.test.ts", "F2: not when the catalog does not contain it"],
  ],
  F3: [
    ["original-cases/rules.test.ts", "F3: but not without a start date"],
    ["rules/run-rules.test.ts", "F3: not without a start date"],
  ],
  F4: [
    ["original-cases/rules.test.ts", "F4: but not after its end, for a learner who is not enrolled"],
    ["rules/run-rules.test.ts", "F4: not after enrollment has closed"],
  ],
  F5: [
    ["original-cases/rules.test.ts", "F5: but not before enrollment opens"],
    ["rules/run-rules.test.ts", "F5: not before enrollment opens"],
  ],
  F6: [
    ["original-cases/rules.test.ts", "F6: for a learner who is enrolled in it"],
    ["rules/run-rules.test.ts", "F6: for an enrolled learner while enrollment is open"],
  ],
  F7: [
    ["original-cases/rules.test.ts", "F7: for a learner who is enrolled in it, after enrollment has closed"],
    [
      "rules/run-rules.test.ts",
      "F7, F9: for an enrolled learner after enrollment has closed, before the upgrade deadline",
    ],
  ],
  F8: [
    ["original-cases/rules.test.ts", "F8: but not after the upgrade deadline"],
    ["rules/run-rules.test.ts", "F8: not after the upgrade deadline"],
  ],
  F9: [
    ["original-cases/rules.test.ts", "F9: for a learner who is enrolled in it, even after its end"],
    [
      "rules/run-rules.test.ts",
      "F7, F9: for an enrolled learner after enrollment has closed, before the upgrade deadline",
    ],
  ],
  T1: [["original-cases/sweep.test.ts", "T1: the sweep expires each due entitlement once"]],
  T2: [
    ["original-cases/sweep.test.ts", "T2: the sweep does not change entitlements that have expired before"],
  ],
  T3: [
    [
      "use-cases/entitlements/expire-due-entitlements.test.ts",
      "rows that the database refuses to change are reported and stop none of the others",
    ],
    ["jobs/start-jobs.test.ts", "that fails is repeated from the same place under the same request id"],
  ],
  T4: [
    ["original-cases/sweep.test.ts", "T4: an entitlement is due a millisecond after its expiration period"],
  ],
  C1: [["original-cases/sweep.test.ts", "C1: a dry run finds the due entitlement and does not expire it"]],
  C2: [["original-cases/sweep.test.ts", "C2: the sweep changes nothing when nothing is due"]],
  C3: [
    [
      "use-cases/entitlements/expire-due-entitlements.test.ts",
      "a sweep that was stopped continues where it stopped",
    ],
  ],
  N11: [["original-cases/asking.test.ts", "N11: the current session"]],
  N12: [
    ["original-cases/asking.test.ts", "N12, N13: the current session even when its run is no longer sold"],
  ],
  N13: [
    ["original-cases/asking.test.ts", "N12, N13: the current session even when its run is no longer sold"],
  ],
  N14: [
    [
      "original-cases/asking.test.ts",
      "N14: no available session when no run is sold, and a blocker for each",
    ],
  ],
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
      "is the most specific policy that applies, in whatever order policies are stored",
    ],
  ],
  "8.7.3": [["races.test.ts", "%s and %s at once have the outcome of one order or the other"]],
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
      "8.7.9: after the regain period, there is no refund, although the expiry is not yet stored",
    ],
  ],
  "8.7.10": [
    [
      "use-cases/entitlements/reissue-entitlement.test.ts",
      "8.7.10: a link to an enrollment that is no longer active is cleared too",
    ],
  ],
  "8.7.11": [
    ["history/write-paths.test.ts", "is in the history exactly once, with its source"],
    ["history/write-paths.test.ts", "leaves no entry when its transaction is rolled back"],
    [
      "history/actors.test.ts",
      "deleting an account deletes its entitlements, and keeps their history and its name",
    ],
    [
      "history/history-properties.test.ts",
      "after a thousand changes at one instant, a list as of it shows no row twice and no deleted row",
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
      "8.7.13: support reads the entitlements of any learner, and learners never see support details",
    ],
  ],
  "8.7.14": [
    [
      "original-cases/asking.test.ts",
      "8.7.14: a list can be read although a run, a start date or an enrollment date is missing",
    ],
  ],
  "8.7.15": [
    [
      "use-cases/entitlements/expire-due-entitlements.test.ts",
      "rows that the database refuses to change are reported and stop none of the others",
    ],
  ],
  "8.7.16": [["auth/verify-token.test.ts", "refuses %s"]],
};
