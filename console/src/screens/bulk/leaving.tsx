import { useBlocker } from "@tanstack/react-router";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { t } from "../../words/words";

/** Asks a reader who leaves the page while it works, which would end the work. */
export function Leaving({ isWorking }: { isWorking: boolean }) {
  const { status, proceed, reset } = useBlocker({
    // What the address says of this page, such as a filter, may change.
    shouldBlockFn: ({ current, next }) => isWorking && current.pathname !== next.pathname,
    enableBeforeUnload: () => isWorking,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(isOpen) => isOpen || reset()}>
      <Modal className="modal command">
        <Dialog role="alertdialog">
          <div className="command-body">
            <Heading slot="title">{t("bulk.leave")}</Heading>
            <p className="muted">{t("bulk.leaveHint")}</p>
          </div>
          <div className="command-foot">
            <Button className="button" onPress={proceed}>
              {t("bulk.leaveYes")}
            </Button>
            <Button className="button primary" onPress={reset} autoFocus>
              {t("bulk.leaveNo")}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
