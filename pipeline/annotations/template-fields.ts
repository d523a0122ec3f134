/** The fields of the layers people draw ground truth in. Pure. */
import { readNomenclature } from '../../sql/nomenclature.ts';
import type { GpkgColumn } from '../geopackage/write-gpkg.ts';
import { couvertureClasses } from './class-table.ts';

/** A column, and how QGIS's form shows it. */
export interface TemplateField extends GpkgColumn {
  widget: 'ValueMap' | 'TextEdit' | 'DateTime';
  required?: boolean;
  /** QGIS expression of the value a new feature gets. */
  expression?: string;
}

/** Value of `confiance` that says: nobody can tell; the ground counts as unknown. */
export const DOUBTFUL = 'douteux';
/** Value of a zone's `statut` that says: all its ground is drawn. */
export const ZONE_DONE = 'terminee';
/** As `confiance` and `statut` are compared: people type « Terminée » where no list offers the value. */
export const folded = (text: string) => text.trim().normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
export const ZONE_TO_DO = 'a_annoter';

const usages = () =>
  readNomenclature()
    .filter(({ dimension, feuille }) => dimension === 'US' && feuille)
    .map(({ code, libelle }) => ({ value: code, label: `${code} – ${libelle.replaceAll(';', ',')}` }));

export function annotationFields(): TemplateField[] {
  const couvertures = couvertureClasses().map(({ codeCs, nameFr }) => ({
    value: codeCs,
    label: `${codeCs} – ${nameFr}`,
  }));
  return [
    {
      name: 'code_cs',
      type: 'TEXT(10) not null',
      title: 'Couverture',
      values: couvertures,
      widget: 'ValueMap',
      required: true,
    },
    { name: 'code_us', type: 'TEXT(10)', title: 'Usage (facultatif)', values: usages(), widget: 'ValueMap' },
    {
      name: 'confiance',
      type: 'TEXT(10)',
      title: 'Confiance',
      values: [
        { value: 'sur', label: 'sûr' },
        { value: 'probable', label: 'probable' },
        { value: DOUBTFUL, label: 'douteux (compté comme inconnu)' },
      ],
      widget: 'ValueMap',
      expression: "'sur'",
    },
    { name: 'auteur', type: 'TEXT(80)', title: 'Auteur', widget: 'TextEdit', expression: '@user_account_name' },
    { name: 'date', type: 'DATE', title: 'Date de saisie', widget: 'DateTime', expression: 'to_date(now())' },
    { name: 'commentaire', type: 'TEXT(254)', title: 'Commentaire', widget: 'TextEdit' },
  ];
}

export function zoneFields(): TemplateField[] {
  return [
    { name: 'nom', type: 'TEXT(80)', title: 'Nom', widget: 'TextEdit' },
    {
      name: 'statut',
      type: 'TEXT(10) not null',
      title: 'Statut',
      values: [
        { value: ZONE_TO_DO, label: 'à annoter' },
        { value: ZONE_DONE, label: 'terminée : tout son sol est annoté' },
      ],
      widget: 'ValueMap',
      required: true,
      expression: `'${ZONE_TO_DO}'`,
    },
    { name: 'auteur', type: 'TEXT(80)', title: 'Auteur', widget: 'TextEdit', expression: '@user_account_name' },
    { name: 'commentaire', type: 'TEXT(254)', title: 'Commentaire', widget: 'TextEdit' },
  ];
}
