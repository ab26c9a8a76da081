# Three images of one program:
#   docker build --target web -t musicexplore-web .        pages and API, without Essentia
#   docker build --target worker -t musicexplore-worker .  analysis and jobs
#   docker build -t musicexplore .                         both, with a database of their own
# The steps are scripts in docker/, which `docker/rehearse` runs without a container engine.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1
# The database's and the program's own user; tini ends what is left of processes that ended.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home musicexplore \
    && install --directory --owner musicexplore /data /audio
WORKDIR /app

FROM base AS web-packages
COPY docker/install-packages docker/
COPY requirements-web.txt .
RUN docker/install-packages requirements-web.txt /venv

FROM base AS packages
COPY docker/install-packages docker/
COPY requirements.txt .
RUN docker/install-packages requirements.txt /venv

FROM packages AS front
COPY package.json package-lock.json .npmrc ./
COPY docker/build-front docker/
COPY static static
RUN docker/build-front /venv

FROM base AS program
COPY manage.py LICENSE ./
COPY docker docker
COPY musicexplore musicexplore
COPY tracks tracks
COPY embeddings embeddings
COPY explorer explorer
COPY templates templates
COPY --from=front /app/static static
ENV PATH=/venv/bin:$PATH \
    MUSICEXPLORE_HOME=/data \
    AUDIO_DIR=/audio \
    STATIC_ROOT=/app/collected
VOLUME ["/data"]
EXPOSE 80

FROM program AS web
COPY --from=web-packages /venv /venv
RUN docker/collect-static /venv /app/collected
USER 1000
HEALTHCHECK --start-period=60s --interval=30s CMD ["docker/healthy"]
ENTRYPOINT ["tini", "-g", "--"]
CMD ["python", "manage.py", "serve", "--only", "web", "--host", "0.0.0.0", "--port", "80"]

FROM program AS worker
COPY --from=packages /venv /venv
RUN docker/collect-static /venv /app/collected
USER 1000
ENTRYPOINT ["tini", "-g", "--"]
CMD ["python", "manage.py", "serve", "--only", "worker"]

FROM worker AS whole
HEALTHCHECK --start-period=60s --interval=30s CMD ["docker/healthy"]
CMD ["docker/start"]
