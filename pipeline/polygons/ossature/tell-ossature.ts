/** What became of the references of the ossature, in the words of the quality report. Pure. */
import { basename } from 'node:path';
import { floatingBelowM2 } from '../../ossature-pieces.ts';
import type { OssatureReport as ToldReport } from '../../polygons-measures.ts';
import { defaultWidthM, KIND_CODES, OSSATURE_KINDS, type OssatureKind } from '../../references/ossature-widths.ts';
import type { ReadingNotes } from '../../references/reference-feature.ts';
import type { OssatureReport, Tally } from './ossature-tally.ts';

const KIND_NAMES: Record<OssatureKind, string> = { road: 'Routes', rail: 'Voies ferrées', water: 'Eau' };

/** Of lines left out, surfaces left out, features not read, and repairs. */
const REASONS: Record<string, string> = {
  underground: 'en souterrain',
  'not built yet': 'pas encore en service',
  nature: 'nature écartée par le tableau des largeurs',
  narrow: 'moins large que le seuil',
  fictive: 'tronçon fictif',
  floating: 'morceau flottant',
  small: 'sous l’unité minimale',
  intermittent: 'eau intermittente',
  'no geometry': 'sans géométrie',
  'geometry without ground': 'géométrie vide',
  'points too far from each other': 'points à plus de 1 000 km les uns des autres',
  'empty geometry': 'géométrie vide',
  'bytes are missing': 'géométrie tronquée',
  'in another file as well': 'aussi dans un autre fichier',
  'a part without ground dropped': 'partie vide ôtée',
  'a coordinate that is no number left out': 'coordonnée qui n’est pas un nombre ôtée',
  'a point far from all others left out': 'point à plus de 1 000 km des autres ôté',
  'an open ring closed': 'contour ouvert refermé',
  'an outline that crosses itself drawn by the even-odd rule': 'contour qui se croise, tracé par parité',
};

const said = (reason: string) => REASONS[reason] ?? reason;

/** By kind, with what a reader should know of the layers, the widths that were supposed, and the gaps that were closed. */
export function toldOssature(report: OssatureReport): ToldReport {
  const kinds = OSSATURE_KINDS.filter(
    (kind) => report.kept[kind] !== undefined || about(report.dropped, kind).length > 0,
  );
  return {
    kinds: kinds.map((kind) => {
      const { lengthM: keptM = 0, areaM2 } = report.kept[kind] ?? {};
      const isSurface = kind === 'water';
      return {
        codeCs: KIND_CODES[kind],
        name: KIND_NAMES[kind],
        keptM,
        ...(isSurface ? { keptM2: areaM2 ?? 0 } : {}),
        dropped: about(report.dropped, kind).map(([reason, tally]) => ({ reason: said(reason), ...tally })),
      };
    }),
    minPieceM: report.parameters.minPieceM,
    tunnelEnds: report.tunnelEnds,
    hidden: Object.fromEntries(
      Object.entries(report.hidden).map(([kind, places]) => [KIND_CODES[kind as OssatureKind], places]),
    ),
    notes: [...report.layers.flatMap(layerNotes), ...widthNotes(report), ...joinNotes(report)],
  };
}

/** Entries of `kind reason`, by reason. */
const about = (tallies: Record<string, Tally>, kind: OssatureKind): [reason: string, Tally][] =>
  Object.entries(tallies)
    .filter(([name]) => name.startsWith(`${kind} `))
    .map(([name, tally]) => [name.slice(kind.length + 1), tally]);

const LACKS: Record<ReadingNotes['lacks'][number], string> = {
  attributes: 'sans .dbf, ses tronçons n’ont pas d’attributs',
  crs: 'système de coordonnées non indiqué, pris pour celui de la production',
};

function layerNotes({ file, lacks, leftOut, repaired }: OssatureReport['layers'][number]): string[] {
  const name = basename(file);
  const counted = (verb: string, counts: Record<string, number>) =>
    Object.entries(counts).map(([reason, count]) => `${name} : ${whole(count)} ${verb} (${said(reason)})`);
  return [
    ...lacks.map((lack) => `${name} : ${LACKS[lack]}`),
    ...counted('objets laissés', leftOut),
    ...counted('géométries réparées', repaired),
  ];
}

function widthNotes({ widths }: OssatureReport): string[] {
  return OSSATURE_KINDS.flatMap((kind) => {
    const supposed = widths[`${kind} default`];
    if (supposed === undefined) return [];
    const all = about(widths, kind).reduce((sum, [, { count }]) => sum + count, 0);
    return [
      `${KIND_NAMES[kind]} : ${whole(supposed.count)} tronçons sur ${whole(all)} (${km(supposed)}) sans largeur connue, largeur par défaut ${metres(defaultWidthM(kind))}`,
    ];
  });
}

function joinNotes({ connected, links, parameters }: OssatureReport): string[] {
  const told = (tallies: Record<string, Tally>, what: string) =>
    OSSATURE_KINDS.flatMap((kind) => {
      const tally = tallies[kind];
      return tally === undefined ? [] : [`${KIND_NAMES[kind]} : ${whole(tally.count)} ${what} (${km(tally)})`];
    });
  return [
    ...told(connected, `raccords d’au plus ${metres(parameters.connectM)} depuis des bouts libres`),
    ...told(links, `tronçons étroits d’au plus ${metres(parameters.linkM)} gardés, seuls à relier deux morceaux`),
    `Un morceau de moins de ${metres(parameters.minPieceM)}, ou de moins de ${whole(floatingBelowM2(parameters.minPieceM))} m² de terrain, qui ne rejoint ni un autre du même réseau ni la limite de l’emprise n’est pas gardé ; un croisement à deux niveaux, ou d’une route et d’une voie ferrée, ne relie rien (seuil propre à ocsge)`,
  ];
}

const whole = (count: number) => count.toLocaleString('fr-FR');
const metres = (value: number) => `${value.toLocaleString('fr-FR')} m`;
const km = ({ lengthM }: Tally) => `${(lengthM / 1000).toLocaleString('fr-FR', { maximumFractionDigits: 2 })} km`;
