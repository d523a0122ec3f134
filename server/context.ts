import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../sql/database.ts';
import type { ServerConfig } from './config.ts';
import type { Pages } from './page-names.ts';
import type { Registry } from './registry.ts';
import type { WorkerState } from './worker-process.ts';

/** What every handler is made with. */
export interface ServerContext {
  config: Pick<ServerConfig, 'publicUrl' | 'trustProxy'> & Partial<Pick<ServerConfig, 'sourcesDirs' | 'sourceOrigins'>>;
  /** Reads only. */
  database: Database;
  /** Job requests, and nothing else. */
  writeDatabase: Database;
  registry: Registry;
  pages: Pages;
  log: Logger;
  /** State of the worker this server supervises. */
  workerState: () => WorkerState;
  startedAt: Date;
}

export type Handler = (req: Request, res: Response) => void | Promise<void>;

/** `['get', '/collections/{collectionId}', handler]`: paths are written as the OpenAPI document writes them. */
export type Route = [method: 'get' | 'post' | 'delete', path: string, handler: Handler];
