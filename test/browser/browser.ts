/** A Chromium for tests: the one OCSGE_CHROMIUM names, or Debian's. Without one the tests are skipped, saying so. */
import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';

const path = [process.env['OCSGE_CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (candidate) => candidate !== '' && existsSync(candidate),
);

export const browserSkip = path === undefined ? 'no Chromium here: install one, or name it in OCSGE_CHROMIUM' : false;

/** No sandbox, for containers; WebGL in software, for machines without a graphics card. */
const SWITCHES = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

export interface Visit {
  page: Page;
  /** What went wrong in the page: errors, console errors, requests that failed or were refused. */
  faults: string[];
  /** Hosts the page asked anything of. */
  hosts: Set<string>;
}

let browser: Browser | undefined;
after(() => browser?.close());

export async function openPage(viewport = { width: 1200, height: 800 }): Promise<Visit> {
  browser ??= await chromium.launch({ executablePath: path!, args: SWITCHES });
  const page = await browser.newPage({ viewport });
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('requestfailed', (request) => faults.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http')) hosts.add(url.host);
  });
  return { page, faults, hosts };
}

/** Colour of a pixel of what is on the screen, `#rrggbb`. */
export async function screenColour(page: Page, x: number, y: number): Promise<string> {
  const shot = await page.screenshot({ clip: { x, y, width: 1, height: 1 } });
  const [red, green, blue] = await page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d')!;
    context.drawImage(image, 0, 0);
    return [...context.getImageData(0, 0, 1, 1).data];
  }, shot.toString('base64'));
  return `#${[red!, green!, blue!].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
