// Makes the C++ of shell/design/: tokens.json → theme_tokens.hpp, icons.json → icon_paths.hpp.
//   node tools/design.mjs OUT_FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";

const read = (name) => JSON.parse(readFileSync(join(root, "shell/design", name), "utf8"));

/** "text-muted" → "TextMuted" */
const pascal = (name) =>
  name
    .split("-")
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join("");

/** "#RRGGBB" or "#RRGGBBAA" → 0xAABBGGRR */
function abgr(text) {
  const match = /^#([0-9A-F]{2})([0-9A-F]{2})([0-9A-F]{2})([0-9A-F]{2})?$/i.exec(text);
  if (!match) throw new Error(`tokens.json: '${text}' is no colour`);
  const [, red, green, blue, alpha = "FF"] = match;
  return `0x${alpha}${blue}${green}${red}`.toUpperCase().replace("0X", "0x");
}

function themeHeader(tokens) {
  const themes = Object.keys(tokens.themes);
  const colors = Object.keys(tokens.themes[themes[0]]);
  for (const theme of themes) {
    const missing = colors.filter((name) => !(name in tokens.themes[theme]));
    const unknown = Object.keys(tokens.themes[theme]).filter((name) => !colors.includes(name));
    if (missing.length + unknown.length > 0) throw new Error(`tokens.json: theme ${theme}: missing ${missing}, unknown ${unknown}`);
  }
  const styles = Object.entries(tokens.type).filter(([, value]) => typeof value === "object");
  const sizes = ["space", "radius", "control", "icon", "avatar", "dot", "row", "frame", "motion", "breakpoints"].flatMap((group) =>
    Object.entries(tokens[group]).map(([name, value]) => `inline constexpr float k${pascal(group)}${pascal(name)} = ${Number(value)};`),
  );
  const pairs = (kind) =>
    Object.entries(tokens.contrast[kind]).flatMap(([front, backs]) => backs.map((back) => `    {Color::k${pascal(front)}, Color::k${pascal(back)}},`));
  return `// Made by tools/design.mjs out of shell/design/tokens.json.
#pragma once

#include <cstdint>

namespace sidetone::shell {

enum class ThemeName { ${themes.map((name) => `k${pascal(name)}`).join(", ")} };
inline constexpr int kThemes = ${themes.length};

enum class Color {
${colors.map((name) => `  k${pascal(name)},`).join("\n")}
};
inline constexpr int kColors = ${colors.length};

/// By theme and colour, 0xAABBGGRR.
inline constexpr std::uint32_t kColorTable[kThemes][kColors] = {
${themes.map((theme) => `    {${colors.map((name) => abgr(tokens.themes[theme][name])).join(", ")}},`).join("\n")}
};

enum class TextStyle { ${styles.map(([name]) => `k${pascal(name)}`).join(", ")} };
struct TextToken {
  float size;
  float line;
  int weight;
};
inline constexpr TextToken kTextTable[] = {
${styles.map(([, { size, line, weight }]) => `    {${size}, ${line}, ${weight}},`).join("\n")}
};

/// CSS pixels; kMotion… in milliseconds.
namespace size {
${sizes.join("\n")}
}  // namespace size

/// Pairs that must keep a contrast (WCAG 2.2 §1.4.3, §1.4.11), and how much of it by theme.
struct ColorPair {
  Color front;
  Color back;
};
inline constexpr ColorPair kTextPairs[] = {
${pairs("text").join("\n")}
};
inline constexpr ColorPair kShapePairs[] = {
${pairs("shape").join("\n")}
};
inline constexpr double kTextContrast[kThemes] = {${themes.map((theme) => tokens.contrast.limits.text[theme]).join(", ")}};
inline constexpr double kShapeContrast[kThemes] = {${themes.map((theme) => tokens.contrast.limits.shape[theme]).join(", ")}};

}  // namespace sidetone::shell
`;
}

/** One path → floats: 0 x y (move), 1 x y (line), 2 x1 y1 x2 y2 x y (cubic). */
function pathNumbers(text) {
  const out = [];
  for (const [, command, numbers] of text.matchAll(/([MLC])([^MLC]*)/g)) {
    const values = numbers.match(/-?\d*\.?\d+/g)?.map(Number) ?? [];
    const count = command === "C" ? 6 : 2;
    if (values.length === 0 || values.length % count !== 0) throw new Error(`icons.json: '${text}': ${command} with ${values.length} numbers`);
    for (let i = 0; i < values.length; i += count) out.push("MLC".indexOf(command), ...values.slice(i, i + count));
  }
  return out;
}

function iconHeader(icons) {
  const names = Object.keys(icons.icons);
  const numbers = [];
  const paths = [];
  const ranges = [];
  for (const name of names) {
    const { paths: list, fill = false } = icons.icons[name];
    const first = paths.length;
    for (const one of list) {
      const path = typeof one === "string" ? { d: one, fill } : { fill, ...one };
      const values = pathNumbers(path.d);
      paths.push(`{${numbers.length}, ${values.length}, ${path.fill === true}}`);
      numbers.push(...values);
    }
    ranges.push(`{${first}, ${paths.length - first}}`);
  }
  return `// Made by tools/design.mjs out of shell/design/icons.json.
#pragma once

#include <cstddef>

namespace sidetone::shell {

enum class Icon {
${names.map((name) => `  k${pascal(name)},`).join("\n")}
};
inline constexpr int kIcons = ${names.length};

inline constexpr float kIconGrid = ${icons.grid};
inline constexpr float kIconStroke = ${icons.stroke};

/// Commands of all paths: 0 x y moves, 1 x y draws a line, 2 x1 y1 x2 y2 x y a cubic curve.
inline constexpr float kIconNumbers[] = {${numbers.map((value) => `${Number.isInteger(value) ? `${value}.0` : value}F`).join(", ")}};
struct IconPath {
  std::size_t begin;
  std::size_t count;
  bool fill;
};
inline constexpr IconPath kIconPaths[] = {${paths.join(", ")}};
struct IconRange {
  std::size_t first;
  std::size_t count;
};
inline constexpr IconRange kIconRanges[kIcons] = {${ranges.join(", ")}};

}  // namespace sidetone::shell
`;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node tools/design.mjs OUT_FOLDER");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "theme_tokens.hpp"), themeHeader(read("tokens.json")));
writeFileSync(join(folder, "icon_paths.hpp"), iconHeader(read("icons.json")));
