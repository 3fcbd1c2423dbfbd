import "@fontsource-variable/inter/wght.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/frame.css";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { Provider } from "urql";
import { clientOf } from "./api/client";
import { deployment } from "./api/deployment";
import { router } from "./shell/routes";
import { LANGUAGE } from "./words/language";

/** Leads to the page to sign in, and back from there to where the reader was. */
function toSignIn(): void {
  const { pathname, href } = router.state.location;
  if (pathname !== "/signin") void router.navigate({ to: "/signin", search: { back: href } });
}

if (deployment.brand !== undefined) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: deployment.brand });
  document.head.prepend(sheet); // before ours, which reads its colors
}
const client = clientOf(toSignIn);
document.documentElement.lang = LANGUAGE;
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <I18nProvider locale={LANGUAGE === "de" ? "de-DE" : "en-US"}>
      <Provider value={client}>
        <RouterProvider router={router} />
      </Provider>
    </I18nProvider>
  </StrictMode>,
);
