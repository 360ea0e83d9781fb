"""The published sets that can be read, by name: names are those of the benchmark registry, where it has the set."""

from __future__ import annotations

from str_pipelines.sources.published import (
    coco_text,
    ctw1500,
    hccdoc,
    icdar_scenes,
    icdar_words,
    iiit5k,
    lists,
    open_images,
    quad_lines,
    svt,
    total_text,
    transcribed,
    union14m,
)
from str_pipelines.sources.published.entry import Layout
from str_pipelines.sources.published.versions import letters_and_digits, three_letters_and_digits

TERMS = "the authors' own terms, see the page of the set; for research only"
TEXT_OCR = "CC BY 4.0 (the annotations; photographs of Open Images, CC BY 2.0)"
CC_BY_SA_4 = "CC BY-SA 4.0"
CC_BY_4 = "CC BY 4.0 (the annotations; photographs as Flickr has them)"
ALNUM, ALNUM_3 = "it has letters and digits only", "it has letters and digits only, three and more"
TRAIN_TEST = {"train": ("train.xml",), "test": ("test.xml",)}
IC03 = {"train": ("SceneTrialTrain/words.xml",), "test": ("SceneTrialTest/words.xml",)}
COCO = {split: (coco_text.LISTING,) for split in ("train", "val")}
COCO_WORDS = {split: (f"{split}_words_gt.txt",) for split in ("train", "val")}
ONE_LIST = {"test": ("gt.txt",)}
WORD_ART = {split: (f"{split}_label.txt",) for split in ("train", "test")}
PARTS = ("curve", "multi_oriented", "artistic", "contextless", "salient", "multi_words", "general")

LAYOUTS: dict[str, Layout] = {
    "IIIT5k": Layout(iiit5k.entries, {split: (f"{split}data.mat",) for split in ("train", "test")}, TERMS),
    "SVT": Layout(svt.entries, TRAIN_TEST, TERMS),
    "IC03_1110": Layout(svt.icdar_2003, IC03, TERMS),
    "IC03_867": Layout(svt.icdar_2003, IC03, TERMS, three_letters_and_digits, ALNUM_3),
    "IC13_1095": Layout(icdar_words.entries, icdar_words.SPLITS, TERMS),
    "IC13_1015": Layout(icdar_words.entries, icdar_words.SPLITS, TERMS, letters_and_digits, ALNUM),
    "IC13_857": Layout(icdar_words.entries, icdar_words.SPLITS, TERMS, three_letters_and_digits, ALNUM_3),
    "IC13_scenes": Layout(icdar_scenes.boxes, icdar_scenes.SPLITS, TERMS),
    "IC15_2077": Layout(icdar_words.entries, icdar_words.SPLITS, TERMS),
    "IC15_scenes": Layout(icdar_scenes.quads, icdar_scenes.SPLITS, TERMS),
    "SVTP": Layout(lists.blanks("gt.txt"), ONE_LIST, TERMS),
    "CUTE80": Layout(lists.blanks("gt.txt"), ONE_LIST, TERMS),
    "COCOv1.4": Layout(lists.coco_words, COCO_WORDS, CC_BY_4),
    "COCOv2.0": Layout(coco_text.entries, COCO, CC_BY_4),
    "TotalText": Layout(total_text.entries, total_text.SPLITS, TERMS),
    "CTW": Layout(ctw1500.entries, ctw1500.SPLITS, TERMS),
    "HOST": Layout(lists.rest_of_line("gt.txt"), ONE_LIST, TERMS),
    "WOST": Layout(lists.rest_of_line("gt.txt"), ONE_LIST, TERMS),
    "MPSC": Layout(lists.rest_of_line("<split>.txt"), {"train": ("train.txt",), "test": ("test.txt",)}, TERMS),
    "WordArt": Layout(lists.rest_of_line("<split>_label.txt"), WORD_ART, TERMS),
    "LTB": Layout(lists.rest_of_line("gt.txt"), ONE_LIST, TERMS),
    "Union14M": Layout(union14m.entries(union14m.TRAINING), union14m.TRAINING, TERMS),
    **{
        f"Union14M_{part}": Layout(union14m.entries(union14m.benchmark(part)), union14m.benchmark(part), TERMS)
        for part in PARTS
    },
    "TextOCR": Layout(open_images.textocr, open_images.SPLITS_TEXTOCR, TEXT_OCR),
    "OpenVINO": Layout(open_images.openvino, open_images.SPLITS_OPENVINO, TEXT_OCR),
    "MLT19": Layout(quad_lines.mlt19_words, quad_lines.SPLITS_MLT19, TERMS),
    "MLT19_scenes": Layout(quad_lines.mlt19, quad_lines.SPLITS_MLT19_SCENES, TERMS),
    "ArT": Layout(transcribed.art_words, transcribed.SPLITS_ART, TERMS),
    "ArT_scenes": Layout(transcribed.art, transcribed.SPLITS_ART_SCENES, TERMS),
    "LSVT": Layout(transcribed.lsvt, transcribed.SPLITS_LSVT, TERMS),
    "ReCTS": Layout(transcribed.rects, transcribed.SPLITS_RECTS, TERMS),
    "RCTW17": Layout(quad_lines.rctw17, quad_lines.SPLITS_RCTW17, TERMS),
    "Uber": Layout(quad_lines.uber, quad_lines.SPLITS_UBER, CC_BY_SA_4),
    "SCUT-HCCDoc": Layout(hccdoc.entries, hccdoc.SPLITS, TERMS),
}
