/** Every source file of the project as the compiler parses it, reduced to what the layer rules ask about. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ast from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Something a rule may object to, and the line (from 1) it starts at. */
export interface Place {
  line: number;
  what: string;
}

export interface FunctionSize extends Place {
  lines: number;
}

export interface SourceText {
  /** From the root of the project, with `/`. */
  path: string;
  lines: number;
  /** `what`: a path from the root for our own files, else the name of the package (`node:fs`, `pg`, `@turf/turf`). */
  imports: Place[];
  environmentReads: Place[];
  newPools: Place[];
  defaultExports: Place[];
  /** Set when the file only passes on what others export. */
  isBarrel: boolean;
  functions: FunctionSize[];
}

/** Files git knows or would add: what is ignored is nobody's concern. Paths from the root. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(join(ROOT, path))).sort();
}

/** Parses the `.ts` and `.js` files of `paths` (from `root`). Throws when the compiler does not know one of them. */
export function readSources(paths: string[], root = ROOT): SourceText[] {
  const api = new API({ cwd: root });
  try {
    const files = paths.filter((path) => /\.[cm]?[jt]s$/.test(path)).map((path) => join(root, path));
    const snapshot = api.updateSnapshot({ openFiles: files });
    return files.map((file) => {
      const source = snapshot.getDefaultProjectForFile(file)?.program.getSourceFile(file);
      if (source === undefined) throw new Error(`the compiler has no source file ${file}`);
      return readSource(source, relative(root, file));
    });
  } finally {
    api.close();
  }
}

function readSource(source: ast.SourceFile, path: string): SourceText {
  const found: SourceText = {
    path,
    lines: source.text.trimEnd().split('\n').length,
    imports: [],
    environmentReads: [],
    newPools: [],
    defaultExports: [],
    isBarrel: isBarrel(source),
    functions: [],
  };
  const visit = (node: ast.Node): void => {
    inspect(node, source, found);
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function inspect(node: ast.Node, source: ast.SourceFile, found: SourceText): void {
  const place = (what: string): Place => ({ line: lineOf(source, node.getStart(source)), what });
  const specifier = importedModule(node);
  if (specifier !== undefined) found.imports.push(place(resolved(specifier, found.path)));
  if (readsEnvironment(node, source)) found.environmentReads.push(place(node.getText(source)));
  if (ast.isNewExpression(node) && /(^|\.)Pool$/.test(node.expression.getText(source)))
    found.newPools.push(place('Pool'));
  if (isDefaultExport(node)) found.defaultExports.push(place(node.getText(source).split('\n')[0]!));
  if (isFunctionWithBody(node) && !isSuite(node, source)) {
    const { line } = place('');
    const what = (ast.isFunctionDeclaration(node) || ast.isMethodDeclaration(node)) && node.name?.getText(source);
    found.functions.push({ line, what: what || 'a function', lines: lineOf(source, node.end) - line + 1 });
  }
}

/** The text of `import … from`, `export … from`, `import('…')` and `import type('…')`. */
function importedModule(node: ast.Node): string | undefined {
  if (ast.isImportDeclaration(node) || ast.isExportDeclaration(node)) return literalText(node.moduleSpecifier);
  if (ast.isImportTypeNode(node))
    return ast.isLiteralTypeNode(node.argument) ? literalText(node.argument.literal) : undefined;
  if (!ast.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const loads = callee.kind === ast.SyntaxKind.ImportKeyword || (ast.isIdentifier(callee) && callee.text === 'require');
  return loads ? literalText(node.arguments[0]) : undefined;
}

const literalText = (node: ast.Node | undefined) => (node && ast.isStringLiteral(node) ? node.text : undefined);

function resolved(specifier: string, from: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

/** `process.env`, `process['env']`, `{ env } = process`, `import { env } from 'node:process'`. */
function readsEnvironment(node: ast.Node, source: ast.SourceFile): boolean {
  if (ast.isPropertyAccessExpression(node) || ast.isElementAccessExpression(node)) {
    return /^(globalThis\.)?process(\?)?(\.env|\[['"]env['"]\])$/.test(node.getText(source));
  }
  if (ast.isVariableDeclaration(node)) {
    return node.initializer?.getText(source) === 'process' && /\benv\b/.test(node.name.getText(source));
  }
  return (
    ast.isImportDeclaration(node) &&
    /^(node:)?process$/.test(literalText(node.moduleSpecifier) ?? '') &&
    /\benv\b/.test(node.importClause?.getText(source) ?? '')
  );
}

function isDefaultExport(node: ast.Node): boolean {
  if (ast.isExportAssignment(node)) return true;
  if (ast.isExportSpecifier(node)) return node.name.text === 'default';
  const { modifiers } = node as { modifiers?: readonly ast.Node[] };
  return modifiers?.some((modifier) => modifier.kind === ast.SyntaxKind.DefaultKeyword) ?? false;
}

function isBarrel({ statements }: ast.SourceFile): boolean {
  const passesOn = (node: ast.Node) => ast.isExportDeclaration(node) && node.moduleSpecifier !== undefined;
  const only = (node: ast.Node) => passesOn(node) || ast.isImportDeclaration(node);
  return statements.some(passesOn) && [...statements].every(only);
}

const FUNCTIONS = new Set([
  ast.SyntaxKind.FunctionDeclaration,
  ast.SyntaxKind.FunctionExpression,
  ast.SyntaxKind.ArrowFunction,
  ast.SyntaxKind.MethodDeclaration,
  ast.SyntaxKind.Constructor,
  ast.SyntaxKind.GetAccessor,
  ast.SyntaxKind.SetAccessor,
]);

const isFunctionWithBody = (node: ast.Node) =>
  FUNCTIONS.has(node.kind) && (node as { body?: ast.Node }).body !== undefined;

/** The callback of `describe` or `suite` is a list of tests, not a function anyone reads in one go. */
function isSuite(node: ast.Node, source: ast.SourceFile): boolean {
  return ast.isCallExpression(node.parent) && /^(describe|suite)(\.|$)/.test(node.parent.expression.getText(source));
}

const lineOf = (source: ast.SourceFile, position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
