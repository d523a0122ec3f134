import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createReport } from '../../pipeline/log.ts';

describe('what a command says while it works', () => {
  it('writes one JSON object a line where there is no terminal', () => {
    const lines: string[] = [];
    const report = createReport({ write: (text) => lines.push(text) });
    report.info('Stage:Event', { objects: 3 });
    const step = report.step('classes', 10, 'px');
    step.advance(10);
    step.end();
    const events = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      events.map(({ event, done, total }) => [event, done, total]),
      [
        ['Stage:Event', undefined, undefined],
        ['Progress', 0, 10],
        ['Progress', 10, 10],
      ],
    );
  });

  it('tells speed, time left and where the time goes; what an earlier run made does not count as speed', async () => {
    const lines: string[] = [];
    let screen = '';
    const reports = [
      createReport({ write: (text) => lines.push(text) }),
      createReport({ isTTY: true, write: (text) => (screen += text) }),
    ];
    const steps = reports.map((report) => report.step('classes', 1000, 'px'));
    for (const step of steps) step.advance(500, { earlier: true });
    await pause(2_100);
    for (const step of steps) step.advance(250, { shares: { network: 0.876 } });
    const { done, seconds, perSecond, secondsLeft, shares } = JSON.parse(lines.at(-1)!);
    assert.deepEqual([done, shares], [750, { network: 0.88 }]);
    assert.ok(Math.abs(perSecond - 250 / seconds) < 5, `${perSecond} in ${seconds} s`);
    assert.equal(secondsLeft, Math.ceil(250 / (250 / Math.max(seconds, 2))));
    assert.match(screen, /classes: 750\/1000 px, 1\d\d(\.\d)? px\/s, network 88 %, [2-9] s left/);
  });

  it('draws bars on a terminal', () => {
    let screen = '';
    const report = createReport({ isTTY: true, write: (text) => (screen += text) });
    const step = report.step('classes', 4_000_000, 'px');
    step.end();
    assert.match(screen, /100 % classes: 4\.0 M\/4\.0 M px/);
  });

  it('says that work goes on when nothing was written for some seconds', async () => {
    const lines: string[] = [];
    createReport({ write: (text) => lines.push(text) }).info('Publish:Checks');
    await pause(4_200);
    assert.ok(
      lines.some((line) => JSON.parse(line).event === 'Working' && JSON.parse(line).after === 'Publish:Checks'),
    );
  });
});
