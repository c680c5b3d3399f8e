# One image, all services: docs/image.md

# Name it by digest where builds must repeat: --build-arg BASE=python:3.13-slim-bookworm@sha256:...
ARG BASE=docker.io/library/python:3.13-slim-bookworm

FROM ${BASE} AS build
RUN python3 -m venv /build && python3 -m venv --without-pip /venv
COPY requirements.txt /build/
RUN /build/bin/python -m pip --python /venv/bin/python install \
      --no-cache-dir --no-compile --only-binary :all: --require-hashes -r /build/requirements.txt
WORKDIR /app
COPY . .
# The settings of production demand values that collecting files does not use.
RUN services=$(/venv/bin/python -m ecom.services) && for service in $services; do \
      DJANGO_SETTINGS_MODULE=ecom.settings.$service \
      SECRET_KEY=unused BASE_URL=http://unused DATABASE_URL=postgresql://unused/unused \
      /venv/bin/python manage.py collectstatic --no-input --verbosity 0 --ignore redoc || exit; \
    done && \
    find staticfiles -name '*.map*' -delete
# Of the services of AWS it calls two. The descriptions of the others are a third of what is built.
RUN find /venv/lib/python3*/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \
      ! -name secretsmanager ! -name sts -exec rm -r {} +
# Compiled here, since nothing can be written where it runs.
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv /app

FROM ${BASE}
# Python's own library is not compiled in its official images.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash -x site-packages \
      "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TMPDIR=/dev/shm
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "ecom.healthcheck"]
ENTRYPOINT ["python", "-m", "ecom.entrypoint"]
CMD ["accounts"]
