/** A small library as the API describes it. */

const LAYER = {
  kind: "embedding",
  size: 200,
  tags: [],
  display_name: "Embeddings",
  description: "What the network heard.",
  segment_seconds: 2.992,
  hop_seconds: 2.992,
  enabled: true,
  segments: 277,
};

export function layer(model, key, change = {}) {
  const taggram = key === "taggrams" && { kind: "taggram", size: 3, tags: ["guitar", "techno", "slow"] };
  return { ...LAYER, name: `${model}-${key}`, key, display_name: key, ...taggram, ...change };
}

const TITLES = { musicnn: "MusiCNN", vgg: "VGG", msd: "Million Song Dataset", mtt: "MagnaTagATune" };

export function model(name, layers) {
  const [dataset, architecture] = name.split("-");
  return {
    name,
    dataset,
    architecture,
    dataset_name: TITLES[dataset],
    architecture_name: TITLES[architecture],
    display_name: name,
    description: "",
    layers,
  };
}

let id = 0;

export function projection(layerName, method, change = {}) {
  id += 1;
  return {
    id,
    layer: layerName,
    method,
    version: 1,
    dimensions: method.includes("pca") ? 10 : 2,
    segments: 277,
    tracks: 28,
    parameters: { pca_dims: 10, ...(method === "umap" ? { n_neighbors: 15, min_dist: 0.1 } : {}) },
    seed: method.includes("pca") ? null : 0,
    subset: {},
    on_demand: false,
    usual: true,
    explained_variance: method.includes("pca") ? [0.43, 0.13, 0.07] : [],
    trustworthiness: 0.92,
    neighbours_kept: 0.36,
    neighbours_kept_other_tracks: 0.31,
    points: `/api/v1/projections/${id}/points/?v=abc`,
    ...change,
  };
}
