/** What is wrong with DATABASE_URL, in words for the user; undefined when it is an address or absent. */
export function databaseUrlFault(text: string | undefined): string | undefined {
  if (!text || (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text))) return undefined;
  return 'DATABASE_URL is no address of a PostgreSQL server: wanted postgres://user:password@host:port/database, or nothing for the embedded engine';
}
