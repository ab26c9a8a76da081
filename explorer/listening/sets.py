"""Sets of questions: made from what is asked for, filled by a job."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify

from embeddings import jobs
from embeddings.models import Job
from explorer.listening.models import QuestionSet


def create_set(question_set: QuestionSet, user: User | None = None) -> Job:
    """Saves a new set, under an address made of its name unless it has one, and queues its job."""
    with transaction.atomic():
        question_set.slug = question_set.slug or free_slug(question_set.name)
        question_set.save()
        return jobs.enqueue_once(Job.Kind.QUESTIONS, {"set": question_set.slug}, user)


def free_slug(name: str) -> str:
    """An address that no set has."""
    stem = slugify(name)[:70] or "set"
    number, slug = 1, stem
    while QuestionSet.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
