import type { Outgoing } from "../../../web/page/shell.ts";
import { type FontFiles } from "./machine.ts";
import { sceneNamed } from "./scenes.ts";
import { type Look, Stage } from "./stage.ts";
import { WindowMachine } from "./window_machine.ts";

/** What a page would do of its own; the rest is told to who develops. */
function carryOut(stage: Stage, machine: WindowMachine, { name, value }: Outgoing["requests"][number], tell: (line: string) => void): void {
  if (name === "set_theme") stage.choose({ theme: value === "dark" || value === "contrast" ? value : "light" });
  else if (name === "set_language") stage.choose({ language: value });
  else if (name === "set_text_scale") stage.choose({ textScale: Number(value) });
  else if (name === "copy") machine.copy(value);
  else tell(`the page is asked to ${name.replaceAll("_", " ")}${value === "" ? "" : `: ${value}`}`);
}

/**
 * A scene in a native window, and then whatever the person does with it: the scene's company goes on answering. Until the window is closed.
 * @param program  sidetone-window. @returns exit code of the window.
 */
export async function playLive(program: string, fonts: FontFiles, scene: string, look: Look, tell: (line: string) => void): Promise<number> {
  const machine = new WindowMachine(program, fonts);
  const stage = new Stage(machine, look);
  sceneNamed(scene).play(stage);
  tell(`scene ${scene}: F2 changes the theme, Ctrl+Q ends it`);
  const begun = { nowMs: stage.nowMs, unixS: stage.unixS };
  const unixS = (nowMs: number): number => begun.unixS + (nowMs - begun.nowMs) / 1000;
  for (let nowMs = machine.wait(stage.nowMs, unixS(stage.nowMs)); nowMs !== undefined; nowMs = machine.wait(stage.nowMs, unixS(stage.nowMs))) {
    // Events come at whole milliseconds.
    const whole = Math.ceil(nowMs);
    for (const request of stage.resume(whole, Math.floor(unixS(whole)))) carryOut(stage, machine, request, tell);
    for (const command of stage.commands.splice(0)) if (command.t === "report") tell(command.text);
  }
  stage.close();
  return machine.ended;
}
