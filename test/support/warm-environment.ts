import asyncHooks from "node:async_hooks";
import vm, { type CompileFunctionOptions } from "node:vm";
import NodeEnvironment from "jest-environment-node";

type Given = ConstructorParameters<typeof NodeEnvironment>;

let warm: NodeEnvironment | undefined;

/** One set of globals for all test files of a jest worker, which the modules that they share were loaded with. */
export default function environment(...given: Given): NodeEnvironment {
  return (warm ??= new OwnGlobals(...given));
}

/** Stands for the globals of the process itself, where jest asks for those of a test file. */
const HERE = vm.createContext();

/*
 * Jest runs each test file among globals of its own, behind a proxy, which makes each use of `Math`, `Map` or `Error` in the
 * product and its packages much slower: a fifth of the processor time of `npm test`, and three quarters of that for comparing
 * pictures. Test files share their modules anyway, so they share the globals of their process too, as the product does.
 * Jest has no setting for that.
 */
const { compileFunction } = vm;
vm.compileFunction = (code, names, options: CompileFunctionOptions = {}) => {
  const { parsingContext, ...others } = options;
  return compileFunction(code, names, parsingContext === HERE ? others : options);
};

/** The storages of jest-circus, which is loaded again for each test file: each promise would be entered in all of them. */
const storagesOfOneFile: asyncHooks.AsyncLocalStorage<unknown>[] = [];
class Remembered<T> extends asyncHooks.AsyncLocalStorage<T> {
  constructor() {
    super();
    if (new Error().stack!.includes("jest-circus")) storagesOfOneFile.push(this);
  }
}
Object.defineProperty(asyncHooks, "AsyncLocalStorage", { value: Remembered });

/**
 * What jest keeps among the globals for one test file. Listeners to its events would stay for all later files: each
 * later test would be told to them too, and take longer with every file before it.
 */
const OF_ONE_FILE = new Set(["EVENT_HANDLERS", "JEST_STATE_SYMBOL"]);

class OwnGlobals extends NodeEnvironment {
  constructor(...given: Given) {
    super(...given);
    this.global = globalThis as never;
    const [{ projectConfig: config }] = given;
    const [Timers, Mocker] = [this.fakeTimersModern!.constructor, this.moduleMocker!.constructor] as [
      new (given: object) => never,
      new (global: object) => never,
    ];
    this.fakeTimersModern = new Timers({ config, global: globalThis });
    this.moduleMocker = new Mocker(globalThis);
  }

  override getVmContext(): vm.Context {
    return HERE;
  }

  /** Resets only the clock, and what jest keeps for one test file. */
  override teardown(): Promise<void> {
    this.fakeTimersModern?.useRealTimers();
    for (const storage of storagesOfOneFile.splice(0)) storage.disable();
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
      if (OF_ONE_FILE.has(symbol.description!)) {
        const kept = Reflect.get(globalThis, symbol) as object;
        for (const name of Object.keys(kept)) Reflect.deleteProperty(kept, name); // something else may still hold it
        Reflect.deleteProperty(globalThis, symbol);
      }
    return Promise.resolve();
  }
}
