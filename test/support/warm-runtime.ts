import Runtime from "jest-runtime";

let warm: Runtime | undefined;

/**
 * Loads each module once for all test files of a jest worker, which would otherwise take a second of every file. Only
 * the test file itself, and jest's own modules, are loaded anew. So a module must not remember anything that the next
 * test file would stumble over; and jest's mocks of modules, coverage and watching do not work.
 */
export default class WarmRuntime extends Runtime {
  constructor(...given: ConstructorParameters<typeof Runtime>) {
    super(...given);
    warm ??= new Runtime(...given);
  }

  override requireModuleOrMock: Runtime["requireModuleOrMock"] = (from, moduleName) =>
    warm!.requireModuleOrMock(from, moduleName);
}
