/** What every figure of the page means, in French. Pure. */

import { metres, percent, whole } from '../page-format.ts';
import type { Report } from './evaluate.ts';
import { LEAST_POINTS } from './sample.ts';

/** Definitions as a list; those of things the report does not have are left out. */
export function definitions({ intervals, calibration, brier, sample, headline }: Report): string {
  const { effectivePixels } = intervals;
  const terms: [string, string][] = [
    [
      'Vérité',
      'Lue au centre de chaque pixel de la prédiction ; d’un masque plus fin ou décalé compte le pixel qui se trouve sous ce centre (plus proche voisin). Là où personne n’a rien dit du sol, rien n’est compté.',
    ],
    ['Pixels justes', 'Part des pixels dont la classe prédite est celle de la vérité (exactitude globale).'],
    [
      'Précision, rappel, F1, IoU',
      'Précision : part de ce qui est trouvé qui est vrai. Rappel : part de ce qui est vrai qui est trouvé. F1 : leur moyenne harmonique. IoU : intersection de la vérité et de la prédiction, divisée par leur réunion. Un tiret : rien à diviser.',
    ],
    [
      'mIoU',
      'Moyenne des IoU des classes que la vérité ou la prédiction contient ; « mIoU (vérité) » : de celles que la vérité contient. « mIoU (FLAIR) » suit le code publié par l’IGN (FLAIR-1, metrics.py) : confusion complète, puis lignes et colonnes des classes ignorées supprimées, puis moyenne de toutes les classes gardées, une classe absente comptant zéro.',
    ],
    [
      'Rappel moyen, kappa',
      'Rappel moyen : chaque classe de la vérité pèse autant, quelle que soit sa surface. Kappa de Cohen : accord au-delà de ce que donnerait le hasard avec les mêmes surfaces.',
    ],
    [
      'Niveaux',
      'Couverture : codes tels que la vérité et la prédiction les donnent ; quand l’une ne nomme qu’un ancêtre de ce que l’autre distingue, les deux sont lues à cet ancêtre. Les niveaux suivants coupent les codes (CS1.1.1.2 → CS1.1.1 → CS1.1 → CS1).',
    ],
    [
      'Intervalles de confiance',
      `Les pixels voisins se trompent ensemble : les compter comme indépendants donnerait des intervalles bien trop étroits. Le terrain est découpé en blocs de ${metres(intervals.blockM)} (${whole(intervals.blocks)} annotés) ; 1 000 fois, autant de blocs sont tirés avec remise, et l’intervalle va du 2,5ᵉ au 97,5ᵉ centile des scores obtenus.${
        effectivePixels
          ? ` L’exactitude de ${percent(headline.accuracy)} est connue comme le seraient ${whole(effectivePixels)} pixels indépendants.`
          : ''
      }`,
    ],
    [
      'Tolérance aux frontières',
      'Distance en pixels, comptée en coups de roi ; un pixel dont un des quatre voisins a une autre couverture est à 1. « Pixels justes » et « mIoU » à k pixels : sans les pixels à k ou moins d’une frontière de la vérité. Précision des frontières : part des pixels de frontière de la prédiction qui ont une frontière de la vérité à k pixels ou moins ; rappel : l’inverse.',
    ],
    ...(calibration.cs
      ? ([
          [
            'Erreur de calibration',
            '15 tranches de confiance d’égale largeur, borne basse exclue et haute comprise ; moyenne, pondérée par les pixels, de l’écart entre part de pixels justes et confiance moyenne de la tranche (Guo et al. 2017). Le plus grand écart ne regarde que les tranches d’au moins 1 % des pixels.',
          ],
        ] as [string, string][])
      : []),
    ...(brier.cs === undefined
      ? []
      : ([
          [
            'Score de Brier',
            'Moyenne, sur les pixels, de la somme sur les couvertures des carrés des écarts entre probabilité et vérité (0 ou 1) : de 0, parfait, à 2.',
          ],
        ] as [string, string][])),
    ...(sample ? ([SAMPLE_TERM] as [string, string][]) : []),
    [
      'Sol synthétique',
      'Un score mesuré sur un territoire de démonstration ne dit rien d’un sol réel ; cette page ne mélange jamais les deux, puisqu’elle n’évalue qu’une prédiction.',
    ],
  ];
  return `<dl>${terms.map(([term, words]) => `<dt>${term}</dt><dd>${words}</dd>`).join('')}</dl>`;
}

export const SAMPLE_TERM: [string, string] = [
  'Échantillon stratifié',
  `Strates : les classes de la carte. Points répartis comme les surfaces, ${LEAST_POINTS} au moins par strate, tirés au hasard sans remise. Estimateurs pondérés par les surfaces et leurs erreurs types d’Olofsson et al. 2014 (Remote Sensing of Environment 148, 42–57), intervalles à ± 1,96 erreur type (de Wilson pour la précision) ; aucun là où tous les points s’accordent.`,
];
