import type { OpenEdx } from "../open-edx";
import { HttpAccountGateway } from "./accounts";
import { HttpCatalogGateway } from "./catalog";
import { HttpCertificateGateway } from "./certificates";
import { HttpEnrollmentGateway } from "./enrollments";
import { OpenEdxSystem, type SystemOptions } from "./system";

/** Where the systems of an installation are, and how they are called. */
export interface HttpInstallation extends Omit<SystemOptions, "to" | "baseUrl"> {
  /** The address of the LMS. */
  url: string;
  /** How the LMS keeps entitlements: with `plugin`, our plug-in for it ends enrollments. */
  entitlements?: "empty" | "plugin" | undefined;
  /** The address of course-discovery. */
  discoveryUrl: string;
}

/** An Open edX installation that is reached over HTTP. */
export function httpOpenEdx({ url, discoveryUrl, entitlements, ...options }: HttpInstallation): OpenEdx {
  const lms = new OpenEdxSystem({ ...options, to: "lms", baseUrl: url });
  const discovery = new OpenEdxSystem({ ...options, to: "discovery", baseUrl: discoveryUrl });
  return {
    isEmbedded: false,
    get isBusy() {
      return lms.isBusy || discovery.isBusy;
    },
    enrollments: new HttpEnrollmentGateway(lms, entitlements === "plugin"),
    accounts: new HttpAccountGateway(lms),
    catalog: new HttpCatalogGateway(discovery, lms),
    certificates: new HttpCertificateGateway(lms),
  };
}
