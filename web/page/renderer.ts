import type { Renderer } from "./shell.ts";

/**
 * WebGL on the processor is slower than drawing there at once, and heavy on a shared server.
 * @param unmasked  UNMASKED_RENDERER_WEBGL; null: there is no WebGL2, or it does not say.
 * @param wish  `cpu` or `gl`, from the address.
 */
export function chooseRenderer(unmasked: string | null, wish: string | null): Renderer {
  if (wish === "cpu" || wish === "gl") return wish;
  return unmasked === null || /SwiftShader|llvmpipe|Basic Render|WARP|Software/i.test(unmasked) ? "cpu" : "gl";
}

/** What draws WebGL2 here; null: nothing, or it does not say. */
export function unmaskedRenderer(): string | null {
  try {
    const gl = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
    const names = gl?.getExtension("WEBGL_debug_renderer_info");
    if (!gl || !names) return null;
    const name: unknown = gl.getParameter(names.UNMASKED_RENDERER_WEBGL);
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    return typeof name === "string" && name !== "" ? name : null;
  } catch {
    return null;
  }
}

/**
 * A graphics card that has gone once goes again, and the processor always draws.
 * @param then  The browser has taken the canvas's WebGL context back. This one has its place now: a canvas has one kind of context for ever.
 */
export function whenContextIsLost(canvas: HTMLCanvasElement, then: (fresh: HTMLCanvasElement) => void): void {
  canvas.addEventListener(
    "webglcontextlost",
    () => {
      const fresh = canvas.cloneNode() as HTMLCanvasElement;
      canvas.replaceWith(fresh);
      then(fresh);
    },
    { once: true },
  );
}
