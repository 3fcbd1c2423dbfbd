import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import type { CombinedError } from "urql";
import { faultOf, type Fault } from "../api/faults";
import { t } from "../words/words";
import { Icon, type IconName } from "./icon";

const ICONS: Record<Fault["kind"], IconName> = {
  signedOut: "lock",
  refused: "lock",
  untold: "clock",
  offline: "offline",
  tooOld: "back",
  busy: "clock",
  failed: "warn",
};

/** A message in the middle of an otherwise empty place. */
export function Notice(props: { icon: IconName; title: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <div className="notice">
      <span className="notice-icon">
        <Icon name={props.icon} size={22} />
      </span>
      <h2>{props.title}</h2>
      {props.hint && <p>{props.hint}</p>}
      {props.children}
    </div>
  );
}

/** Why there is no answer, and what the reader can do. */
export function FaultNotice({ error, again }: { error: CombinedError; again: () => void }) {
  const { kind, message, requestId } = faultOf(error);
  return (
    <div role="alert">
      <Notice icon={ICONS[kind]} title={t(`answer.${kind}`)} hint={t(`answer.${kind}Hint`)}>
        {message && kind !== "offline" && <p className="muted">{message}</p>}
        <Button className="button" onPress={kind === "tooOld" ? () => location.reload() : again}>
          {t(kind === "tooOld" ? "answer.reload" : "answer.again")}
        </Button>
        {requestId && <p className="muted small">{t("answer.request", { id: requestId })}</p>}
      </Notice>
    </div>
  );
}

/** Grey bars in the place of what is being loaded. */
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="hidden">{t("answer.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="bar" />
      ))}
    </div>
  );
}

/** An answer of the server, or what stands in its place: that it is on its way, or why there is none. */
export function Answer<Data>(props: {
  of: { data?: Data; error?: CombinedError; fetching: boolean };
  again: () => void;
  children: (data: Data) => ReactNode;
}) {
  const { data, error } = props.of;
  if (error && !data) return <FaultNotice error={error} again={props.again} />;
  return data ? props.children(data) : <Loading />;
}
