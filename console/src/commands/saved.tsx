import { forwardRef, type ReactNode } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../ui/icon";
import { t } from "../words/words";

/** What has been done, in sight wherever the reader has scrolled to, until they close it. */
export const Saved = forwardRef<HTMLDivElement, { children: ReactNode; close: () => void }>(function Saved(
  { children, close },
  ref,
) {
  return (
    <div role="status" ref={ref} tabIndex={-1} className={children ? "banner good saved" : undefined}>
      {children && (
        <>
          <span>{children}</span>
          <Button className="icon-button" aria-label={t("app.close")} onPress={close}>
            <Icon name="cross" size={16} />
          </Button>
        </>
      )}
    </div>
  );
});
