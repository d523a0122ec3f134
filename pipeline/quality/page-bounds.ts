/** The bounds of the geometric step on the page: which hold. Pure. */
import { decimal, metres, row, signedShare, table, text, whole } from '../page-format.ts';
import { brokenBounds, type GeometricBound } from './bounds.ts';

/** Above all sections, where any does not hold. */
export function boundsWarning(bounds: GeometricBound[]): string {
  const broken = brokenBounds(bounds);
  if (broken.length === 0) return '';
  const many = broken.length > 1 ? 's' : '';
  return `<p class="warning">Étape géométrique : ${whole(broken.length)} borne${many} sur ${whole(bounds.length)} dépassée${many} (${text(broken.join(', '))}), voir plus bas.</p>`;
}

/** Of all but the covers, whose bound stands beside their areas. */
export function boundsTable(bounds: GeometricBound[]): string {
  const rows = bounds
    .filter(({ codeCs }) => codeCs === undefined)
    .map((bound) => row([text(bound.quantity), measuredText(bound), boundText(bound), stateHtml(bound)]));
  const note =
    '<p class="note">Une borne dépassée se lit ici et ne refuse pas la production. Dans une couverture de quelques objets, ce que les contours gagnent et perdent ne se compense pas : 0,5 % peut y être dépassé à bon droit. Un déplacement moyen au-dessus du pixel peut venir d’une tolérance demandée bien plus grande que lui.</p>';
  return `${table(['Borne', 'Mesuré', 'Permis', ''], rows, 'Bornes de cette étape')}${note}`;
}

/** Whether it holds; nothing where there is no such bound. */
export function stateHtml(bound: GeometricBound | undefined): string {
  if (bound === undefined) return '';
  return bound.holds ? '<span class="pass">tenue</span>' : '<span class="fail">dépassée</span>';
}

const isLeast = ({ quantity }: GeometricBound) => quantity === 'IoU du bâti d’équerre';

function measuredText(bound: GeometricBound): string {
  if (bound.unit === 'm') return `${decimal(bound.measured, 3)} m`;
  return isLeast(bound) ? decimal(bound.measured, 3) : signedShare(bound.measured);
}

function boundText(bound: GeometricBound): string {
  if (bound.unit === 'm') return `au plus ${metres(bound.bound)}`;
  return isLeast(bound) ? `au moins ${decimal(bound.bound, 1)}` : `± ${decimal(bound.bound * 100, 1)} %`;
}
