# The image of the service and the projector: what requirements.lock names, the project, no tools.

FROM node:24-slim AS assets
WORKDIR /assets
COPY src/api/assets/package.json src/api/assets/package-lock.json src/api/assets/.npmrc ./
RUN npm ci --silent --omit=dev
COPY src/api/assets ./
RUN node build.mjs /static

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# Every file is checked against the lock here; below nothing but these files can be installed.
COPY requirements.lock ./
RUN pip download -q --only-binary :all: --require-hashes -r requirements.lock -d /wheels
COPY pyproject.toml ./
COPY src src
COPY --from=assets /static src/api/static
# The lock names the tools of the tests too; this takes only what the project needs to run.
RUN python -m venv --without-pip /opt/ledger \
    && pip --python /opt/ledger/bin/python install -q --no-index --find-links /wheels . \
    && /opt/ledger/bin/python -m compileall -q /opt/ledger/lib

FROM python:3.13-slim
RUN python -m pip uninstall -q -y --root-user-action ignore pip \
    && groupadd --gid 10001 ledger \
    && useradd --uid 10001 --gid ledger --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin ledger \
    && install -d -o ledger -g ledger -m 0750 /var/lib/ledger/documents \
    && install -d -o ledger -g ledger -m 0700 /var/lib/ledger/keys
COPY --from=build /opt/ledger /opt/ledger
ENV PATH=/opt/ledger/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["ledger", "serve", "--host", "0.0.0.0", "--port", "8000"]
