/** The page of a job that goes on shows how far it is. */
const REFRESH_MS = 2000;
setTimeout(() => location.reload(), REFRESH_MS);
