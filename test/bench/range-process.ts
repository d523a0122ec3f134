/** Serves a folder by byte ranges until it is ended; prints the address. */
import { serveRanges } from '../pipeline/rasters/range-server.ts';

console.log((await serveRanges(process.argv[2]!)).url);
