/** How to annotate, in the words of the people who do. Pure. */
import { couvertureClasses } from './class-table.ts';

export function templateReadme(name: string, srid: number, zones: number): string {
  const couvertures = couvertureClasses().map(({ codeCs, nameFr }) => `| \`${codeCs}\` | ${nameFr} |`);
  const proposed =
    zones === 0
      ? ''
      : ` ${zones} zones sont proposées, tirées au hasard dans autant de parts égales de l'emprise : les garder toutes, même les moins intéressantes, est ce qui rend les scores représentatifs.`;
  return `# Annoter la couverture du sol : ${name}

Ce GeoPackage (EPSG:${srid}) s'ouvre dans QGIS : styles, listes de valeurs et formulaires s'y chargent d'eux-mêmes.

## Les deux couches

- \`annotation\` : les polygones de couverture. \`code_cs\` est obligatoire (liste déroulante) ; \`code_us\`, \`auteur\`, \`date\`, \`commentaire\` sont facultatifs. \`confiance\` vaut sûr, probable ou douteux : un polygone douteux compte comme du sol que personne ne connaît.
- \`zone\` : le sol entièrement annoté.${proposed} Une zone ne compte qu'une fois son \`statut\` passé à « terminée » (valeur enregistrée : \`terminee\` ; \`terminée\`, saisie à la main, est lue de même, quelle que soit la casse).

## Comment faire

1. Charger l'orthophoto du millésime à annoter (celle que lira le modèle), puis les deux couches.
2. Activer l'accrochage et « Éviter les chevauchements » (barre d'outils Accrochage) : les polygones voisins partagent alors leur limite.
3. Dessiner, dans chaque zone, tout le sol, à l'échelle 1/500 environ, en suivant les contours que montre l'image ; un polygone peut dépasser de la zone, ce qui dépasse est ignoré.
4. Ce qu'on voit, pas ce qu'on suppose : sous un arbre, la couverture est l'arbre. Ce qui ne se reconnaît pas : le code le plus plausible, et « douteux ».
5. Zone finie : passer son \`statut\` à « terminée », enregistrer les deux couches.

## Ce qui en est lu

- Il y a des zones : hors des zones terminées, rien n'est connu. Dans une zone terminée, le sol sans polygone est inconnu aussi, et signalé. La couche \`zone\` est vide : ce que les polygones couvrent est connu.
- Deux polygones de codes différents se recouvrent : ce sol est inconnu. Géométries vides ou invalides : laissées de côté, avec leur identifiant.

\`ocsge evaluate\` mesure un résultat contre ces annotations ; \`ocsge annotations extract\` en découpe des imagettes pour entraîner un modèle.

## Couvertures

| \`code_cs\` | libellé |
|---|---|
${couvertures.join('\n')}
`;
}
