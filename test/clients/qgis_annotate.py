"""Opens a template as a person does in QGIS, draws in it, saves, and says in JSON what it saw.

Run by annotations.test.ts with Debian's /usr/bin/python3 (python3-qgis), QT_QPA_PLATFORM=offscreen. Argument: one JSON object
{path, draw: [{code_cs, wkt, confiance?}], done: [fid of zones to finish], bbox: [minX, minY, maxX, maxY], png}.
"""

import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def describe(layer):
    widgets, maps, defaults = {}, {}, {}
    for index, field in enumerate(layer.fields()):
        setup = layer.editorWidgetSetup(index)
        widgets[field.name()] = setup.type()
        if setup.type() == "ValueMap":
            maps[field.name()] = {label: value for pair in setup.config()["map"] for label, value in pair.items()}
        defaults[field.name()] = layer.defaultValueDefinition(index).expression()
    renderer = layer.renderer()
    colours = {}
    if renderer.type() == "categorizedSymbol":
        for category in renderer.categories():
            colours[str(category.value())] = category.symbol().symbolLayer(0).strokeColor().name()
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "renderer": renderer.type(),
        "colours": colours,
        "widgets": widgets,
        "maps": maps,
        "defaults": defaults,
        "aliases": {field.name(): layer.attributeDisplayName(i) for i, field in enumerate(layer.fields())},
        "count": layer.featureCount(),
    }


def draw(layer, drawings):
    """As the form does: defaults are evaluated, then what the person gave is set."""
    layer.startEditing()
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    for drawing in drawings:
        given = {layer.fields().indexOf(name): drawing[name] for name in ("code_cs", "confiance") if name in drawing}
        feature = QgsVectorLayerUtils.createFeature(layer, QgsGeometry.fromWkt(drawing["wkt"]), given, context)
        layer.addFeature(feature)
    return layer.commitChanges(), layer.commitErrors()


def render(layers, order):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(QgsRectangle(*order["bbox"]))
    settings.setOutputSize(QSize(800, 600))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(order["png"], "PNG")


def main():
    order = json.loads(sys.argv[1])
    application = QgsApplication([], False)
    application.initQgis()
    annotation = QgsVectorLayer(f"{order['path']}|layername=annotation", "annotation", "ogr")
    zone = QgsVectorLayer(f"{order['path']}|layername=zone", "zone", "ogr")
    seen = {"qgis": Qgis.QGIS_VERSION, "annotation": describe(annotation), "zone": describe(zone)}
    seen["saved"], seen["errors"] = draw(annotation, order["draw"])
    zone.startEditing()
    for fid in order["done"]:
        zone.changeAttributeValue(fid, zone.fields().indexOf("statut"), "terminee")
    seen["zonesSaved"] = zone.commitChanges()
    seen["drawn"] = [
        {field.name(): str(feature[field.name()]) for field in annotation.fields()} for feature in annotation.getFeatures()
    ]
    render([zone, annotation], order)
    print("SEEN " + json.dumps(seen))
    del annotation, zone
    application.exitQgis()


main()
