import { built } from "./build_info.ts";
import type { PageModule } from "./shell.ts";

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;
interface ModuleOptions {
  canvas: HTMLCanvasElement;
  instantiateWasm(imports: WebAssembly.Imports, receive: Receive): object;
}
type PageFactory = (options: ModuleOptions) => Promise<PageModule>;

/** Loads the interface and the core. The module is compiled while it still arrives. @throws (rejects) where it cannot be had or run. */
export async function loadModule(canvas: HTMLCanvasElement): Promise<PageModule> {
  const folder = new URL(".", document.baseURI);
  const binary = fetch(new URL(built.wasm, folder));
  // Awaited below, but not before the loader is there.
  binary.catch(() => undefined);
  const { default: factory } = (await import(new URL(built.module, folder).href)) as { default: PageFactory };
  return new Promise((resolve, reject) => {
    const options: ModuleOptions = {
      canvas,
      instantiateWasm: (imports, receive) => {
        WebAssembly.instantiateStreaming(binary, imports).then(({ instance, module }) => receive(instance, module), reject);
        return {};
      },
    };
    factory(options).then(resolve, reject);
  });
}
