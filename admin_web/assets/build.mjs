// Builds ../static/vendor from npm packages: `npm ci && node build.mjs` in this folder.
// The result is committed, so that whoever runs the hub needs neither npm nor a network.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";
import { transform } from "lightningcss";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "../static/vendor");
const pages = [join(here, "../../templates/web/**/*.j2"), join(here, "../static/*.js")];

const minified = (code, filename) =>
  transform({ filename, code: Buffer.from(code), minify: true }).code;

/** Tabler, reduced to the rules whose classes stand in our templates and scripts. */
async function kit() {
  const source = join(modules, "@tabler/core/dist/css/tabler.css");
  const [{ css }] = await new PurgeCSS().purge({
    css: [source],
    content: pages,
    variables: true,
    keyframes: true,
    fontFace: true,
    safelist: ["html", "body", "dialog", "progress", "show", "active", "disabled", "was-validated"],
  });
  await writeFile(join(out, "tabler.css"), minified(css, "tabler.css"));
}

/** One sprite with the icons that icons.txt names; `-filled` takes the filled drawing. */
async function icons() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).trim().split("\n");
  const symbols = await Promise.all(names.map(async (name) => {
    const filled = name.endsWith("-filled");
    const drawing = join(
      modules, "@tabler/icons/icons", filled ? "filled" : "outline",
      `${filled ? name.slice(0, -"-filled".length) : name}.svg`,
    );
    const svg = await readFile(drawing, "utf8");
    const shapes = svg.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>[\s\S]*$/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s*\n\s*/g, "");
    const paint = filled
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes}</symbol>`;
  }));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(join(out, "icons.svg"), sprite);
}

/** Golos Text for Cyrillic and Latin, with its face rules. */
async function font() {
  const folder = join(modules, "@fontsource-variable/golos-text");
  const wanted = ["cyrillic", "latin"].map((set) => `golos-text-${set}-wght-normal`);
  const rules = (await readFile(join(folder, "index.css"), "utf8")).split(/(?=\/\* golos)/);
  const kept = rules.filter((rule) => wanted.some((name) => rule.includes(`/* ${name} */`)));
  const css = kept.join("").replaceAll("./files/", "");
  await writeFile(join(out, "golos-text.css"), minified(css, "golos-text.css"));
  for (const name of wanted) await cp(join(folder, `files/${name}.woff2`), join(out, `${name}.woff2`));
}

/** htmx: morphing and history are its own; our live.js speaks SSE. */
async function htmx() {
  const text = await readFile(join(modules, "htmx.org/dist/htmx.min.js"), "utf8");
  await writeFile(join(out, "htmx.js"), text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

/** What each package is, its version and its licence, in full. */
async function licences() {
  const names = ["@fontsource-variable/golos-text", "@tabler/core", "@tabler/icons", "htmx.org"];
  const parts = [];
  for (const name of names) {
    const folder = join(modules, name);
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    // Tabler's CSS package carries no licence file of its own; its icons carry the same one.
    const holder = name === "@tabler/core" ? join(modules, "@tabler/icons") : folder;
    const file = (await readdir(holder)).find((entry) => /^licen[cs]e/i.test(entry));
    parts.push(`${name} ${about.version} (${about.license})\n\n${(await readFile(join(holder, file), "utf8")).trim()}\n`);
  }
  await writeFile(join(out, "LICENSES.txt"), parts.join(`\n${"-".repeat(78)}\n\n`));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([kit(), icons(), font(), htmx(), licences()]);
