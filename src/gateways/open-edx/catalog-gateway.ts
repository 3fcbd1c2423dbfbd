/** A way to take a run, as the installation tells it. */
export interface LmsMode {
  slug: string;
  /** The currency of the price, such as `usd`. */
  currency: string;
  /** In whole units of the currency; 0 for a free mode. */
  minPrice: number;
  /** The upgrade deadline; null when there is none. */
  expiresAt: Date | null;
  /** How a shop knows it; null when none sells it. */
  sku: string | null;
}

/** A run as the catalog tells it. */
export interface CatalogRun {
  key: string;
  courseUuid: string;
  title: string;
  org: string;
  /** The number of the course, such as `DEMO.01`. */
  number: string;
  /** How advanced the course is, such as `Introductory`; null when the catalog does not say. */
  levelType: string | null;
  imageUrl: string | null;
  marketingUrl: string | null;
  isSelfPaced: boolean;
  startsAt: Date | null;
  endsAt: Date | null;
  enrollmentStartsAt: Date | null;
  enrollmentEndsAt: Date | null;
  modes: LmsMode[];
}

/** What the LMS itself says of a run at this moment: its dates and modes, which decide over enrollments. */
export type LiveRun = Pick<
  CatalogRun,
  | "key"
  | "title"
  | "isSelfPaced"
  | "startsAt"
  | "endsAt"
  | "enrollmentStartsAt"
  | "enrollmentEndsAt"
  | "modes"
> & {
  /** Whether only invited learners can enroll. */
  isInviteOnly: boolean;
};

/** The runs of an installation. Rejects with HttpFailure when there is no answer that makes sense. */
export interface CatalogGateway {
  /** All runs of these courses, retired and hidden ones too: one call for each 20 courses. */
  runsOfCourses(courseUuids: readonly string[]): Promise<CatalogRun[]>;
  /** The runs with these keys; those that do not exist are left out: one call for each 20 runs. */
  runs(keys: readonly string[]): Promise<CatalogRun[]>;
  /** One run as the LMS has it now; null when the LMS does not know it. */
  liveRun(key: string): Promise<LiveRun | null>;
}
