"""Loads a collection in QGIS, as OGC API Features or as vector tiles, draws it, and says in JSON what it saw.

Run by qgis.test.ts with Debian's /usr/bin/python3 (python3-qgis), QT_QPA_PLATFORM=offscreen. Argument: one JSON object
{kind: "features" | "tiles", url, collectionId?, minZoom?, maxZoom?, layer?, bbox: [minX, minY, maxX, maxY], crs, colours: {code: "#rrggbb"}, png}.
"""

import collections
import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage


def fill(colour):
    return QgsFillSymbol.createSimple({"color": colour, "outline_style": "no"})


def features_layer(order):
    source = f"url='{order['url']}' typename='{order['collectionId']}' pagingEnabled='true' restrictToRequestBBOX='1'"
    layer = QgsVectorLayer(source, "couverture", "OAPIF")
    categories = [QgsRendererCategory(code, fill(colour), code) for code, colour in order["colours"].items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer("code_cs", categories))
    return layer


def tiles_layer(order):
    source = f"type=xyz&url={order['url']}&zmin={order['minZoom']}&zmax={order['maxZoom']}"
    layer = QgsVectorTileLayer(source, "tuiles")
    renderer = QgsVectorTileBasicRenderer()
    styles = []  # each names its layer: a filter on attributes is not applied to layers found by no name
    for code, colour in order["colours"].items():
        style = QgsVectorTileBasicRendererStyle(code, order["layer"], QgsWkbTypes.PolygonGeometry)
        style.setFilterExpression(f"\"code_cs\" = '{code}'")
        style.setSymbol(fill(colour))
        styles.append(style)
    renderer.setStyles(styles)
    layer.setRenderer(renderer)
    return layer


def draw(layer, order):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(order["crs"]))
    settings.setExtent(QgsRectangle(*order["bbox"]))
    settings.setOutputSize(QSize(800, 600))
    settings.setBackgroundColor(QColor("white"))
    settings.setFlag(QgsMapSettings.Antialiasing, False)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(order["png"], "PNG")
    return [error.message for error in job.errors()]


def pixels_by_colour(path):
    image = QImage(path)
    counts = collections.Counter(
        image.pixelColor(x, y).name() for y in range(image.height()) for x in range(image.width())
    )
    return dict(counts.most_common(40))


def main():
    order = json.loads(sys.argv[1])
    application = QgsApplication([], False)
    application.initQgis()
    layer = tiles_layer(order) if order["kind"] == "tiles" else features_layer(order)
    seen = {"qgis": Qgis.QGIS_VERSION, "valid": layer.isValid()}
    if layer.isValid():
        seen["errors"] = draw(layer, order)
        seen["pixels"] = pixels_by_colour(order["png"])
        if order["kind"] == "features":
            seen["crs"] = layer.crs().authid()
            seen["fields"] = [field.name() for field in layer.fields()]
            seen["featureCount"] = layer.featureCount()
    else:
        seen["errors"] = [layer.error().message()]
    print("SEEN " + json.dumps(seen))
    del layer
    application.exitQgis()


main()
