/** QGIS's style documents (QML) for the layers people draw in: symbols, form, value lists, defaults. Pure. */
import { couvertureClasses } from './class-table.ts';
import type { TemplateField } from './template-fields.ts';

const VERSION = '3.22.0-Białowieża';

/** Fills let the photo be seen, outlines have the official colour. */
const FILL_ALPHA = 110;

/** Polygons by code_cs in the official colours of the couvertures. */
export function annotationQml(fields: TemplateField[]): string {
  const classes = couvertureClasses();
  const categories = classes.map(
    ({ codeCs, nameFr }, index) =>
      `<category symbol="${index}" value="${codeCs}" label="${xml(`${codeCs} – ${nameFr}`)}" render="true"/>`,
  );
  const symbols = classes.map(({ colour }, index) =>
    fillSymbol(index, rgba(colour, FILL_ALPHA), rgba(colour, 255), '0.5', 'solid'),
  );
  const other = classes.length;
  return qml(
    `<renderer-v2 type="categorizedSymbol" attr="code_cs" forceraster="0" symbollevels="0" enableorderby="0"><categories>${categories.join('')}<category symbol="${other}" value="" label="sans couverture" render="true"/></categories><symbols>${symbols.join('')}${fillSymbol(other, '0,0,0,60', '0,0,0,255', '0.5', 'dash')}</symbols></renderer-v2>`,
    fields,
  );
}

/** Zones are a dashed outline, thick while they are to be annotated. */
export function zoneQml(fields: TemplateField[]): string {
  const states = [
    { value: 'a_annoter', label: 'à annoter', colour: '#e6004d', style: 'dash' },
    { value: 'terminee', label: 'terminée', colour: '#0b7d3b', style: 'solid' },
  ];
  const categories = states.map(
    ({ value, label }, index) => `<category symbol="${index}" value="${value}" label="${label}" render="true"/>`,
  );
  const symbols = states.map(({ colour, style }, index) =>
    fillSymbol(index, '0,0,0,0', rgba(colour, 255), '0.8', style),
  );
  return qml(
    `<renderer-v2 type="categorizedSymbol" attr="statut" forceraster="0" symbollevels="0" enableorderby="0"><categories>${categories.join('')}</categories><symbols>${symbols.join('')}</symbols></renderer-v2>`,
    fields,
  );
}

function qml(renderer: string, fields: TemplateField[]): string {
  const each = (write: (field: TemplateField) => string) => fields.map(write).join('');
  return [
    `<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>`,
    `<qgis version="${VERSION}" styleCategories="Symbology|Forms|Fields" readOnly="0">`,
    renderer,
    `<fieldConfiguration><field name="fid"><editWidget type="Hidden"><config><Option/></config></editWidget></field>${each(fieldWidget)}</fieldConfiguration>`,
    `<aliases>${each(({ name, title }) => `<alias field="${name}" name="${xml(title)}"/>`)}</aliases>`,
    `<defaults>${each(({ name, expression = '' }) => `<default field="${name}" expression="${xml(expression)}" applyOnUpdate="0"/>`)}</defaults>`,
    // 1: NOT NULL; strength 1: the form is not accepted without
    `<constraints>${each(({ name, required }) => `<constraint field="${name}" constraints="${required ? 1 : 0}" notnull_strength="${required ? 1 : 0}" unique_strength="0" exp_strength="0"/>`)}</constraints>`,
    '<editorlayout>generatedlayout</editorlayout>',
    '</qgis>',
  ].join('\n');
}

function fieldWidget({ name, widget, values = [] }: TemplateField): string {
  const list = values.map(
    ({ value, label }) =>
      `<Option type="Map"><Option type="QString" name="${xml(label)}" value="${xml(value)}"/></Option>`,
  );
  const config = {
    ValueMap: `<Option type="Map"><Option type="List" name="map">${list.join('')}</Option></Option>`,
    DateTime:
      '<Option type="Map"><Option type="bool" name="calendar_popup" value="true"/><Option type="QString" name="display_format" value="dd/MM/yyyy"/><Option type="QString" name="field_format" value="yyyy-MM-dd"/><Option type="bool" name="allow_null" value="true"/></Option>',
    TextEdit: '<Option type="Map"><Option type="bool" name="IsMultiline" value="false"/></Option>',
  }[widget];
  return `<field name="${name}"><editWidget type="${widget}"><config>${config}</config></editWidget></field>`;
}

function fillSymbol(name: number, fill: string, outline: string, widthMm: string, style: string): string {
  const option = (key: string, value: string) => `<Option type="QString" name="${key}" value="${value}"/>`;
  const options = [
    option('color', fill),
    option('outline_color', outline),
    option('outline_style', style),
    option('outline_width', widthMm),
    option('outline_width_unit', 'MM'),
    option('style', 'solid'),
  ];
  return `<symbol type="fill" name="${name}" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">${options.join('')}</Option></layer></symbol>`;
}

function rgba(colour: string, alpha: number): string {
  const channel = (from: number) => Number.parseInt(colour.slice(from, from + 2), 16);
  return `${channel(1)},${channel(3)},${channel(5)},${alpha}`;
}

const xml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
