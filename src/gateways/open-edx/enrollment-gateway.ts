/** An enrollment: the LMS knows it by the username and the run, and tells no id of it. */
export interface EnrollmentKey {
  username: string;
  courseRunKey: string;
}

/** An enrollment as the LMS tells it. */
export interface LmsEnrollment extends EnrollmentKey {
  mode: string;
  isActive: boolean;
  /** When the learner first enrolled; null where the LMS does not say. */
  createdAt: Date | null;
}

/** A call that brings an enrollment into a state. */
export interface EnrollmentCall extends EnrollmentKey {
  /** The mode in which the enrollment is to be active; null when it is to be inactive. */
  mode: string | null;
  /** The modes that the call may change or end. An active enrollment in another mode is left as it is. */
  changeableModes: readonly string[];
  /** Whether a learner who is not enrolled is enrolled. Otherwise only the mode of an active enrollment changes. */
  mayEnroll: boolean;
  /**
   * Whether an earlier attempt of this call may have reached the LMS. Without one, an enrollment that is already
   * active in the wanted mode belongs to something else and is refused; a call that may not enroll is done then.
   */
  isRepeat: boolean;
  /** The id under which our log knows the attempt. */
  requestId: string | null;
}

/** Why the LMS, or the state of the enrollment there, rules a call out. */
export type EnrollmentRefusal =
  /** The learner is enrolled in a mode that the call may not change. */
  | "HELD_OTHERWISE"
  /** The LMS enrolls nobody, or not this learner: closed, full, invitation only, or prevented by a filter. */
  | "NOT_ALLOWED"
  /** The LMS does not know the learner. */
  | "USER_UNKNOWN"
  /** The LMS does not know the run. */
  | "RUN_UNKNOWN";

/** What came of a call. */
export type EnrollmentOutcome =
  /**
   * The enrollment is in the wanted state; null where there is none and none is wanted. `mayComeLate`: a request was not
   * answered, and others may have brought this state about, so that it may yet take effect.
   */
  | { kind: "done"; enrollment: LmsEnrollment | null; mayComeLate?: boolean }
  /** It will not happen. `detail` is for the log. */
  | { kind: "refused"; code: EnrollmentRefusal; detail: string }
  /** Nothing was changed: the LMS was not asked to change anything, or has not looked at it. */
  | { kind: "notSent"; cause: string }
  /** It may have happened, or may yet. */
  | { kind: "unknown"; cause: string };

/** The enrollments of an installation. Reads reject with HttpFailure when there is no answer that makes sense. */
export interface EnrollmentGateway {
  /** Whether no calls are made just now, as the LMS does not answer or is kept busy. */
  readonly isPaused: boolean;
  /** One enrollment, active or not; null when there is none. */
  read(key: EnrollmentKey): Promise<LmsEnrollment | null>;
  /** All enrollments of at most 100 learners, inactive ones too. Unknown learners have none. */
  readAll(usernames: readonly string[]): Promise<LmsEnrollment[]>;
  /**
   * Brings an enrollment into a state, once: reads it, changes it only where that is needed and allowed, and checks what
   * came of it. Never rejects.
   */
  ensure(call: EnrollmentCall): Promise<EnrollmentOutcome>;
}
