import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { FindBox } from "../screens/find/find-box";
import { t } from "../words/words";

/** The search in a dialog, over whatever the page shows. */
export function FindDialog({ close }: { close: () => void }) {
  return (
    <ModalOverlay
      className="overlay overlay-top"
      isOpen
      onOpenChange={(isOpen) => isOpen || close()}
      isDismissable
    >
      <Modal className="modal">
        <Dialog aria-label={t("find.open")}>
          <FindBox />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
