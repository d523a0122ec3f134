/** Jobs as OGC API Processes 1.0 words them. Pure. */
import { MEDIA } from '../http.ts';
import { type Link, OGC_REL } from '../links.ts';
import type { Job } from './queries.ts';

/** statusInfo.yaml */
export interface StatusInfo {
  processID: string;
  type: 'process';
  jobID: string;
  status: Job['status'];
  message?: string;
  progress: number;
  created: string;
  started?: string;
  finished?: string;
  updated: string;
  links: Link[];
}

export function statusInfo(base: string, job: Job): StatusInfo {
  return {
    processID: job.process_id,
    type: 'process',
    jobID: job.id,
    status: job.status,
    message: job.message ?? undefined,
    progress: job.progress,
    created: job.created_at.toISOString(),
    started: job.started_at?.toISOString(),
    finished: job.finished_at?.toISOString(),
    updated: job.updated_at.toISOString(),
    links: jobLinks(`${base}/jobs/${job.id}`, job),
  };
}

function jobLinks(href: string, { status, process_id }: Job): Link[] {
  const self: Link = { href, rel: 'self', type: MEDIA.json, title: `Tâche ${process_id}` };
  if (status === 'accepted' || status === 'running') {
    return [self, { href, rel: 'monitor', type: MEDIA.json, title: 'Avancement' }];
  }
  if (status === 'dismissed') return [self];
  return [self, { href: `${href}/results`, rel: `${OGC_REL}/results`, type: MEDIA.json, title: 'Résultats' }];
}

/** results.yaml: the outputs of the description by their ids. */
export const resultsDocument = (base: string, results: NonNullable<Job['results']>) => ({
  collection: `${base}/collections/${results.collectionId}`,
  revision: results.revisionId,
  objets: results.objectCount,
});
