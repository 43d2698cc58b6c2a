// Counts the layers of src/: files, and lines with code. What the report of a run says of the monitor's size.
import fs from 'node:fs';
import path from 'node:path';
import { inRepo } from './repo.mjs';

/** Lines that are neither empty nor comment alone. @param {string} text */
function codeLines(text) {
  const withoutBlocks = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  return withoutBlocks.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

/** @returns {{ layer: string, files: number, lines: number }[]} by layer, in the order of layers.json */
export function layerSizes() {
  const layers = Object.keys(JSON.parse(fs.readFileSync(inRepo('layers.json'), 'utf8')));
  return layers.map((layer) => {
    const files = fs
      .readdirSync(inRepo('src', layer), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'));
    const lines = files.map((file) => codeLines(fs.readFileSync(path.join(inRepo('src', layer), file), 'utf8')));
    return { layer, files: files.length, lines: lines.reduce((sum, n) => sum + n, 0) };
  });
}
