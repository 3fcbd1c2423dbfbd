import { Certificate } from "../../entities/certificate";
import { writeSet } from "../../history/write-set";
import { storeCommand } from "../system-command";
import { storableText } from "./storable";

/** What the LMS has told of a learner's certificate for a run. */
export interface ToldCertificate {
  userId: string;
  courseRunKey: string;
  /** Null when there is none. */
  status: string | null;
  /** When it was asked. */
  seenAt: Date;
}

const STATUS_AT_MOST = 32;

/** Stores what the LMS has told of a certificate, also that there is none. */
export const recordCertificate = storeCommand(
  "recordCertificate",
  async (tx, { userId, courseRunKey, status, seenAt }: ToldCertificate): Promise<void> => {
    await writeSet(
      tx,
      Certificate,
      `insert into certificate as known (user_id, course_run_key, status, seen_at) values ($1, $2, $3, $4)
       on conflict (user_id, course_run_key) do update set status = excluded.status, seen_at = excluded.seen_at
         where known.seen_at is null or known.seen_at <= excluded.seen_at
       returning known.*`,
      [userId, courseRunKey, storableText(status, STATUS_AT_MOST), seenAt],
    );
  },
);
