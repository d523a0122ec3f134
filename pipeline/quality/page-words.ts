/** What the rules and figures of the page mean, in French. Pure. */
import { floatingBelowM2, MIN_PIECE_M } from '../ossature-pieces.ts';
import { decimal } from '../page-format.ts';
import type { FaultRule, QualityReport } from './report.ts';
import { SPIKE_DEGREES, ZONE_TOLERANCE } from './rules.ts';

export const RULE_WORDS: Record<FaultRule, string> = {
  anneau: 'Anneaux fermés, contour et trous tournés comme il faut',
  'sommet double': 'Aucun sommet deux fois dans un anneau',
  pointe: `Aucun angle sous ${SPIKE_DEGREES}°`,
  croisement: 'Aucune arête n’en croise une autre, chaque trou est dans son contour, l’intérieur est d’un tenant',
  superposition: 'Aucun terrain couvert deux fois',
  trou: 'Aucun terrain que rien ne couvre',
  jonction: 'Chaque sommet d’une frontière appartient aux deux voisins',
  emprise: 'Le bord est celui de l’emprise, et les surfaces font la sienne',
  attribut: 'Identifiants uniques, codes feuilles de la nomenclature, confiance présente',
  raster: 'Chaque objet a les pixels et la couverture de sa région',
  fusion: 'Deux voisins n’ont pas la même couverture (ossature à part)',
  surface: 'Unités minimales : bâti 200 m², 500 m² en zone construite, 2 500 m² ailleurs',
  largeur: 'Largeurs : 5 m pour les surfaces revêtues, 10 m pour les autres couvertures',
  flottant: 'Aucun morceau d’ossature isolé',
  zone: 'Zone construite : polygones valides, dans l’emprise, sur du sol connu, sans terrain commun',
};

export function definitions({ subject, ossature }: QualityReport): string {
  const minPieceM = ('minPieceM' in ossature ? ossature.minPieceM : undefined) ?? MIN_PIECE_M;
  const terms: [string, string][] = [
    [
      'Couverture sans trou ni superposition',
      'Chaque arête de chaque objet est cherchée chez son voisin, dans l’autre sens, au bit près ; ce qui reste doit suivre le bord de l’emprise, et les surfaces (avec le terrain qu’aucune image ne montre) doivent faire celle de l’emprise. Ensemble, c’est une preuve : le nombre d’objets qui couvrent un point ne change nulle part, et il vaut un.',
    ],
    [
      'Unité minimale',
      `Surface du polygone publié. Un objet est de la zone construite quand 500 m² de son terrain y sont (à ${decimal(ZONE_TOLERANCE * 100, 0)} % près : la zone est elle aussi redessinée en lignes) ; l’ossature sous 500 m² ou 5 m est listée avec sa raison.`,
    ],
    [
      'Largeur',
      `Le plus grand disque que l’objet contient, mesuré sur le raster tracé : au pixel (${decimal(subject.grid.resolutionM, 2)} m) le long des pixels, à un demi-pixel près en biais ; l’ossature peut en avoir perdu un. Ce qui se trouve au-delà du bord de l’image est inconnu et ne rétrécit rien. Les 20 m des bois exploités se vérifient à la publication, quand l’usage est connu.`,
    ],
    [
      'Ossature d’un seul tenant',
      `Deux objets d’ossature de même couverture qui partagent une arête, ou qu’un autre réseau sépare en les croisant, sont du même morceau. Un morceau de route ou de voie ferrée est flottant s’il n’atteint ni le bord de l’emprise, ni un terrain inconnu, ni un souterrain ni un autre réseau qui en cache la suite (il est alors listé), et couvre moins de ${floatingBelowM2(minPieceM)} m² : la moitié de ${minPieceM} m sur 5 m de large, longueur sous laquelle la production écarte un morceau (règle de ce logiciel). Que rien ne croise l’ossature découle de l’absence de superposition.`,
    ],
    [
      'Étape sémantique, étape géométrique',
      'La première décide de ce qu’est le terrain (bruit, ossature, largeurs, unités) : elle change des surfaces. La seconde ne fait que redessiner les frontières qu’elle a laissées, en lignes : elle n’a pas le droit d’en changer.',
    ],
  ];
  return `<dl>${terms.map(([term, words]) => `<dt>${term}</dt><dd>${words}</dd>`).join('')}</dl>`;
}
