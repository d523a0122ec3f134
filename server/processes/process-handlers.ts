/** `/processes`: list, description, execution. */
import { type JobQueue, openQueue } from '../../sql/jobs.ts';
import type { Handler, ServerContext } from '../context.ts';
import { NotFound, Unavailable, UnsupportedMediaType } from '../errors.ts';
import { formatLinks, MEDIA, respond } from '../http.ts';
import { baseUrl, type Link, OGC_REL, requestPath } from '../links.ts';
import { parseLimit, readQuery } from '../params.ts';
import { requiredToken } from './access.ts';
import { PROCESSES, type Process, type ProcessDescription } from './descriptions.ts';
import { readInputs } from './execute-request.ts';
import { statusInfo } from './job-documents.ts';
import { insertJob } from './queries.ts';
import { checkModelId, checkPaths, namedPaths } from './source-paths.ts';

/** Exception types of OGC API Processes 1.0. */
export const EXCEPTION = 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0';

/** `GET /processes?limit=` */
export const processesGet =
  (context: ServerContext): Handler =>
  (req, res) => {
    const query = readQuery(requestPath(req).query, ['limit']);
    const limit = parseLimit(query.get('limit'));
    const base = baseUrl(req, context.config.publicUrl);
    const processes = [...PROCESSES.values()].slice(0, limit).map(({ description }) => {
      const { inputs: _inputs, outputs: _outputs, ...summary } = description;
      return { ...summary, links: processLinks(base, description) };
    });
    respond(context, req, res, { page: 'processes', body: { processes, links: formatLinks(context, req) } });
  };

/** `GET /processes/{processId}` */
export const processGet =
  (context: ServerContext): Handler =>
  (req, res) => {
    readQuery(requestPath(req).query, []);
    const { description } = findProcess(String(req.params['processId']));
    const links = [...formatLinks(context, req), ...processLinks(baseUrl(req, context.config.publicUrl), description)];
    respond(context, req, res, { page: 'process', body: { ...description, links } });
  };

/**
 * `POST /processes/{processId}/execution`, asynchronous whatever `Prefer` says (a process that is async-execute only). The run and
 * its place in the queue are written before the answer.
 */
export function executionPost(context: ServerContext): Handler {
  const queue = lazily(() => openQueue(context.writeDatabase, { maintain: false }));
  return async (req, res) => {
    readQuery(requestPath(req).query, []);
    const token = await requiredToken(context, req);
    const process = findProcess(String(req.params['processId']));
    if (!req.is('application/json')) throw new UnsupportedMediaType('a body of type application/json is wanted');
    const request = readInputs(req.body, process);
    checkModelId(request);
    const { sourcesDirs = [], sourceOrigins = [] } = context.config;
    await checkPaths(namedPaths(request), sourcesDirs, sourceOrigins);
    const processId = process.description.id;
    const job = await insertJob(context.writeDatabase, await queue(), { processId, request, token });
    if (job === undefined) {
      throw new Unavailable('too many jobs are open: wait for one to end, or dismiss one', {
        headers: { 'Retry-After': '60' },
      });
    }
    const base = baseUrl(req, context.config.publicUrl);
    const headers: Record<string, string> = { Location: `${base}/jobs/${job.id}` };
    if (/\brespond-async\b/i.test(req.get('prefer') ?? '')) headers['Preference-Applied'] = 'respond-async';
    respond(context, req, res, { page: 'job', status: 201, headers, body: statusInfo(base, job) });
  };
}

function findProcess(processId: string): Process {
  const found = PROCESSES.get(processId);
  if (found !== undefined) return found;
  throw new NotFound(
    `there is no process "${processId.slice(0, 80)}"; there are: ${[...PROCESSES.keys()].join(', ')}`,
    {
      type: `${EXCEPTION}/no-such-process`,
    },
  );
}

const processLinks = (base: string, { id, title }: ProcessDescription): Link[] => [
  { href: `${base}/processes/${id}`, rel: 'process', type: MEDIA.json, title },
  { href: `${base}/processes/${id}/execution`, rel: `${OGC_REL}/execute`, type: MEDIA.json, title: 'Exécuter' },
];

/** Opened by the first who needs it; an opening that failed is tried again by the next. */
function lazily(open: () => Promise<JobQueue>): () => Promise<JobQueue> {
  let opening: Promise<JobQueue> | undefined;
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
