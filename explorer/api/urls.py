"""Addresses of the REST API, version 1."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from explorer.api import converters  # noqa: F401 (registers those of names)
from explorer.api.problems import problems
from explorer.api.views import (
    averages,
    comparisons,
    duplicates,
    jobs,
    journeys,
    library,
    listening,
    playlists,
    queries,
    query_answers,
    sections,
    segments,
    similar,
    similar_groups,
    tracks,
    words,
    work,
)

router = SimpleRouter(use_regex_path=False)
router.register("tracks", tracks.TrackViewSet, "track")
router.register("artists", library.ArtistViewSet, "artist")
router.register("albums", library.AlbumViewSet, "album")
router.register("tags", library.TagViewSet, "tag")
router.register("models", work.ModelViewSet, "model")
router.register("layers", work.LayerViewSet, "layer")
router.register("projections", work.ProjectionViewSet, "projection")
router.register("comparisons", comparisons.ComparisonViewSet, "comparison")
router.register("duplicates", duplicates.DuplicateViewSet, "duplicate")
router.register("jobs", jobs.JobViewSet, "job")
router.register("playlists", playlists.PlaylistViewSet, "playlist")
router.register("listening/sets", listening.SetViewSet, "listening-set")

version_1: list[URLPattern | URLResolver] = [
    path("library/", library.LibraryView.as_view(), name="library"),
    # Before the router, which would take "classes", say, for a track's id.
    path("tracks/chosen/", tracks.ChosenTracksView.as_view(), name="chosen-tracks"),
    path("tracks/classes/", tracks.TrackClassesView.as_view(), name="track-classes"),
    path("tracks/by-words/", words.TracksByWordsView.as_view(), name="tracks-by-words"),
    path("tracks/blend/", journeys.BlendedTracksView.as_view(), name="blended-tracks"),
    path("tracks/<int:pk>/similar/", similar.SimilarTracksView.as_view(), name="similar-tracks"),
    path(
        "artists/<int:pk>/similar/",
        similar_groups.SimilarToArtistView.as_view(),
        name="similar-to-artist",
    ),
    path(
        "albums/<int:pk>/similar/",
        similar_groups.SimilarToAlbumView.as_view(),
        name="similar-to-album",
    ),
    path(
        "tags/<int:pk>/similar/", similar_groups.SimilarToTagView.as_view(), name="similar-to-tag"
    ),
    path("queries/", queries.QueriesView.as_view(), name="queries"),
    path("queries/<slug:token>/", queries.QueryView.as_view(), name="query"),
    path(
        "queries/<slug:token>/hearings/", queries.QueryHearingsView.as_view(), name="query-hearings"
    ),
    path("queries/<slug:token>/kept/", queries.QueryKeptView.as_view(), name="query-kept"),
    path(
        "queries/<slug:token>/waveform/", queries.QueryWaveformView.as_view(), name="query-waveform"
    ),
    path(
        "queries/<slug:token>/similar/",
        query_answers.LikeFileTracksView.as_view(),
        name="like-file-tracks",
    ),
    path(
        "queries/<slug:token>/segments/similar/",
        query_answers.LikeFileSegmentsView.as_view(),
        name="like-file-segments",
    ),
    path(
        "queries/<slug:token>/projections/<int:pk>/points/",
        query_answers.QueryPointsView.as_view(),
        name="query-points",
    ),
    path(
        "queries/<slug:token>/layers/<layer:name>/points/",
        query_answers.QueryLayerPointsView.as_view(),
        name="query-layer-points",
    ),
    path("tracks/<int:pk>/previews/", sections.PreviewsView.as_view(), name="previews"),
    path("tracks/<int:pk>/sections/", sections.SectionsView.as_view(), name="sections"),
    path("tracks/<int:pk>/sections.cue", sections.CueSheetView.as_view(), name="cue-sheet"),
    path("segments/similar/", similar.SimilarSegmentsView.as_view(), name="similar-segments"),
    path("segments/blend/", journeys.BlendedSegmentsView.as_view(), name="blended-segments"),
    path("segments/by-words/", words.SegmentsByWordsView.as_view(), name="segments-by-words"),
    path("words/tags/", words.VocabularyView.as_view(), name="words-tags"),
    path("paths/", journeys.PathView.as_view(), name="path"),
    path(
        "projections/<int:pk>/points/",
        work.ProjectionPointsView.as_view(),
        name="projection-points",
    ),
    path(
        "projections/<int:pk>/trust/", work.ProjectionTrustView.as_view(), name="projection-trust"
    ),
    path(
        "projections/<int:pk>/averages/",
        averages.ProjectionAveragesView.as_view(),
        name="projection-averages",
    ),
    path(
        "layers/<layer:name>/averages/",
        averages.LayerAveragesView.as_view(),
        name="layer-averages",
    ),
    path("layers/<layer:name>/points/", work.LayerPointsView.as_view(), name="layer-points"),
    path(
        "layers/<layer:name>/neighbours/",
        segments.NeighboursView.as_view(),
        name="layer-neighbours",
    ),
    path("layers/<layer:name>/words/", words.WordsView.as_view(), name="layer-words"),
    path("layers/<layer:name>/labels/", segments.LabelsView.as_view(), name="layer-labels"),
    path(
        "comparisons/<int:pk>/points/",
        comparisons.ComparisonPointsView.as_view(),
        name="comparison-points",
    ),
    path(
        "comparisons/<int:pk>/tracks/",
        comparisons.ComparisonTracksView.as_view(),
        name="comparison-tracks",
    ),
    path(
        "listening/questions/",
        listening.PracticeView.as_view(),
        name="listening-practice",
    ),
    path(
        "listening/questions/<uuid:question>/answers/",
        listening.PracticeAnswersView.as_view(),
        name="listening-practice-answers",
    ),
    path("listening/answers/", listening.AnswersView.as_view(), name="listening-answers"),
    path("playlists/export/", playlists.ExportView.as_view(), name="export"),
    *router.urls,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(version_1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/problems/", problems, name="api-problems"),
    # Split: its script comes apart from the page, as the content policy demands.
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
]
