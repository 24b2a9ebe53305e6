/** The three vision models, in a worker: loads them from our own server and asks them about one picture. */

import { FaceDetector, FaceLandmarker, ObjectDetector } from "/static/vendor/mediapipe/vision_bundle.mjs";
import { inWhole } from "./boxes.js";
import { cutOut } from "./cut-outs.js";
import { PARTS, isCut } from "./objects.js";
import { CORNERS } from "./people.js";
import { look } from "./pose.js";
import { scope } from "./worker-scope.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./people.js").Found} Found */
/** @typedef {import("./objects.js").Part} Part */
/** @typedef {import("./objects.js").Thing} Thing */
/** @typedef {{loader: string, wasm: string, landmarker: string, faces: string, objects: string}} VisionFiles addresses */
/** @typedef {import("./people.js").Corner} Corner */
/** @typedef {{meshed: Found[], detected: Found[], inCorner: Found[], look: import("./pose.js").Look | null}} FacesSeen the look of the first */

/** Faces beyond the second change nothing. */
const MOST_FACES = 2;
const LEAST_SCORE = 0.3;

export class VisionModels {
  #landmarker;
  #faces;
  #objects;

  /**
   * @param {FaceLandmarker} landmarker
   * @param {FaceDetector} faces
   * @param {ObjectDetector} objects
   */
  constructor(landmarker, faces, objects) {
    this.#landmarker = landmarker;
    this.#faces = faces;
    this.#objects = objects;
  }

  /**
   * @param {VisionFiles} files
   * @param {() => void} onPart called when one of the four parts is there
   */
  static async load(files, onPart) {
    const fileset = { wasmLoaderPath: files.loader, wasmBinaryPath: files.wasm };
    const fetched = Promise.all([files.landmarker, files.faces, files.objects].map((url) => bytes(url, onPart)));
    /**
     * Each task takes the loader's factory away and does not load a second one by itself in a module worker.
     * @template T
     * @param {() => Promise<T>} create
     */
    const task = async (create) => {
      scope.ModuleFactory = (await import(fileset.wasmLoaderPath)).default;
      return create();
    };
    const [landmarkerModel, facesModel, objectsModel] = await fetched;
    const landmarker = await task(() => FaceLandmarker.createFromOptions(fileset, {
      baseOptions: { modelAssetBuffer: landmarkerModel, delegate: "CPU" },
      runningMode: "IMAGE",
      numFaces: MOST_FACES,
      outputFaceBlendshapes: true,
      outputFacialTransformationMatrixes: true,
    }));
    onPart();
    const faces = await task(() => FaceDetector.createFromOptions(fileset, {
      baseOptions: { modelAssetBuffer: facesModel, delegate: "CPU" },
      runningMode: "IMAGE",
    }));
    const objects = await task(() => ObjectDetector.createFromOptions(fileset, {
      baseOptions: { modelAssetBuffer: objectsModel, delegate: "CPU" },
      runningMode: "IMAGE",
      scoreThreshold: LEAST_SCORE,
      maxResults: 15,
    }));
    return new VisionModels(landmarker, faces, objects);
  }

  /**
   * @param {ImageBitmap} picture
   * @param {Corner | null} corner to look at more closely
   * @returns {Promise<FacesSeen>}
   */
  async facesIn(picture, corner) {
    const { faceLandmarks, faceBlendshapes, facialTransformationMatrixes } = this.#landmarker.detect(picture);
    // The landmarker gives no score: a face that it keeps is one.
    const meshed = faceLandmarks.map((points) => ({ score: 1, box: around(points) }));
    const detected = this.#facesIn(picture);
    const inCorner = corner ? await this.#cornered(picture, CORNERS[corner]) : [];
    const matrix = facialTransformationMatrixes[0]?.data;
    const shapes = Object.fromEntries((faceBlendshapes[0]?.categories ?? []).map((each) => [each.categoryName, each.score]));
    return { meshed, detected, inCorner, look: matrix ? look(matrix, shapes) : null };
  }

  /**
   * @param {ImageBitmap} picture
   * @param {Part[]} parts to look at besides the whole
   * @returns {Promise<Partial<Record<Part, Thing[]>>>}
   */
  async thingsIn(picture, parts) {
    /** @type {Partial<Record<Part, Thing[]>>} */
    const things = { whole: this.#thingsIn(picture) };
    for (const part of parts) {
      const cut = await cutOut(picture, PARTS[part]);
      things[part] = this.#thingsIn(cut);
      cut.close();
    }
    return things;
  }

  /** @param {ImageBitmap} picture */
  #facesIn(picture) {
    return this.#faces.detect(picture).detections.flatMap((each) => found(each, picture));
  }

  /**
   * @param {ImageBitmap} picture
   * @param {Box} corner
   */
  async #cornered(picture, corner) {
    const cut = await cutOut(picture, corner);
    const whole = this.#facesIn(cut).filter(({ box }) => !isCut(box, corner));
    cut.close();
    return whole.map(({ score, box }) => ({ score, box: inWhole(box, corner) }));
  }

  /** @param {ImageBitmap} picture */
  #thingsIn(picture) {
    const { detections } = this.#objects.detect(picture);
    return detections.flatMap((each) => found(each, picture).map((thing) => ({ ...thing, name: each.categories[0]?.categoryName ?? "" })));
  }
}

/**
 * @param {string} url
 * @param {() => void} onPart
 */
async function bytes(url, onPart) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${new URL(url, location.href).pathname}`);
  const content = new Uint8Array(await response.arrayBuffer());
  onPart();
  return content;
}

/**
 * @param {import("/static/vendor/mediapipe/vision_bundle.mjs").Detection} detection
 * @param {ImageBitmap} picture
 * @returns {Found[]}
 */
function found({ boundingBox, categories }, picture) {
  if (!boundingBox) return [];
  const { originX, originY, width, height } = boundingBox;
  const box = { x: originX / picture.width, y: originY / picture.height, width: width / picture.width, height: height / picture.height };
  return [{ score: categories[0]?.score ?? 0, box }];
}

/**
 * @param {{x: number, y: number}[]} points
 * @returns {Box}
 */
function around(points) {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
