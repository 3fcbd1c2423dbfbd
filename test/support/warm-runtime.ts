import Runtime from "jest-runtime";

let warm: Runtime | undefined;

/**
 * Loads each module once for all test files of a jest worker, which would otherwise take a second of every file. Only
 * the test file itself, and jest's own modules, are loaded again. So a module must not keep any state that would
 * disturb the next test file; and jest's mocks of modules, coverage and watching do not work.
 */
export default class WarmRuntime extends Runtime {
  constructor(...given: ConstructorParameters<typeof Runtime>) {
    super(...given);
    warm ??= new Runtime(...given);
  }

  override requireModuleOrMock: Runtime["requireModuleOrMock"] = (from, moduleName) =>
    warm!.requireModuleOrMock(from, moduleName);
}
