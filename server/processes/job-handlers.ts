/** `/jobs`: list, status, results, dismissal. A job's id is a random UUID: whoever has it may look, only who asked may dismiss. */
import type { Request } from 'express';
import type { Handler, ServerContext } from '../context.ts';
import { Forbidden, Gone, InternalFault, InvalidParameter, NotFound } from '../errors.ts';
import { formatLinks, respond } from '../http.ts';
import { baseUrl, requestPath } from '../links.ts';
import { parseLimit, readQuery } from '../params.ts';
import { requiredToken, tokenOf } from './access.ts';
import { resultsDocument, statusInfo } from './job-documents.ts';
import { EXCEPTION } from './process-handlers.ts';
import { dismissJob, type Job, selectJob, selectJobs } from './queries.ts';

const STATUSES = ['accepted', 'running', 'successful', 'failed', 'dismissed'];
const LIMIT_DEFAULT = 100;
const LIMIT_MAXIMUM = 1_000;

/** `GET /jobs?limit=&status=&processID=&type=`: the jobs of the token that asks; none for a request without one. */
export const jobsGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    const query = readQuery(requestPath(req).query, ['limit', 'status', 'processID', 'type']);
    const limit = parseLimit(query.get('limit'), LIMIT_DEFAULT, LIMIT_MAXIMUM);
    const statuses = list(query.get('status'));
    for (const status of statuses ?? []) {
      if (!STATUSES.includes(status)) throw new InvalidParameter('status', status, STATUSES.join(', '));
    }
    const types = list(query.get('type')) ?? ['process'];
    const token = await tokenOf(context, req);
    const seen = token !== undefined && types.includes('process');
    const jobs = seen
      ? await selectJobs(context.database, { token, statuses, processIds: list(query.get('processID')), limit })
      : [];
    const base = baseUrl(req, context.config.publicUrl);
    respond(context, req, res, {
      page: 'jobs',
      headers: { 'Cache-Control': 'private, no-cache', Vary: `${res.get('Vary')}, Authorization` },
      body: { jobs: jobs.map((job) => statusInfo(base, job)), links: formatLinks(context, req) },
    });
  };

const list = (text: string | undefined) =>
  text === undefined ? undefined : [...new Set(text.split(','))].slice(0, 20);

/** `GET /jobs/{jobId}` */
export const jobGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const job = await findJob(context, req);
    respond(context, req, res, { page: 'job', body: statusInfo(baseUrl(req, context.config.publicUrl), job) });
  };

/** `GET /jobs/{jobId}/results`: 404 result-not-ready while the job goes on, 500 with its message when it failed. */
export const resultsGet =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const job = await findJob(context, req);
    if (job.status === 'failed') throw new InternalFault(job.message ?? 'the job failed');
    if (job.status === 'dismissed') throw new Gone('the job was dismissed: it has no results');
    if (job.results === null) {
      throw new NotFound(`the job is ${job.status}: its results are not ready`, {
        type: `${EXCEPTION}/result-not-ready`,
      });
    }
    const base = baseUrl(req, context.config.publicUrl);
    respond(context, req, res, { page: 'results', body: resultsDocument(base, job.results) });
  };

/** `DELETE /jobs/{jobId}`: dismisses; a job that has ended loses its results, what it published stays. */
export const jobDelete =
  (context: ServerContext): Handler =>
  async (req, res) => {
    readQuery(requestPath(req).query, []);
    const token = await requiredToken(context, req);
    const { id, token: owner } = await findJob(context, req);
    if (owner !== token) throw new Forbidden('this job was asked for with another token');
    const job = await dismissJob(context.writeDatabase, id);
    if (job === undefined) throw new Gone('the job was dismissed before');
    respond(context, req, res, { page: 'job', body: statusInfo(baseUrl(req, context.config.publicUrl), job) });
  };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function findJob(context: ServerContext, req: Request): Promise<Job> {
  const jobId = String(req.params['jobId']);
  const job = UUID.test(jobId) ? await selectJob(context.database, jobId) : undefined;
  if (job !== undefined) return job;
  throw new NotFound(`there is no job "${jobId.slice(0, 80)}"`, { type: `${EXCEPTION}/no-such-job` });
}
