import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import lessons.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('title', lessons.models.LineField(max_length=120)),
                ('series', lessons.models.LineField(blank=True, max_length=120)),
                ('publisher', lessons.models.LineField(max_length=120)),
                ('headline', lessons.models.LineField(help_text='The large words at the top of the home page.', max_length=120)),
                ('summary', lessons.models.LineField(help_text='One sentence, also shown by search engines.', max_length=200)),
                ('introduction', lessons.models.MarkdownField(help_text='The home page: what the course is and how it works.', max_length=200000)),
                ('about', lessons.models.MarkdownField(help_text='The about page.', max_length=200000)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                ('slug', models.SlugField(help_text="The end of the page's address. Old addresses keep working.", max_length=80, unique=True)),
                ('title', lessons.models.LineField(max_length=120)),
                ('summary', lessons.models.LineField(help_text='One or two sentences for lists and search engines.', max_length=300)),
                ('body', lessons.models.MarkdownField(blank=True, help_text='Markdown. Sections begin with ## and a title.', max_length=200000, verbose_name='lesson')),
                ('handoff', lessons.models.MarkdownField(blank=True, help_text='Leads from the lesson to its practice and its week.', max_length=200000, verbose_name='hand-off')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='publication date')),
                ('status', lessons.models.LineField(choices=[('draft', 'Draft'), ('preparation', 'In preparation'), ('published', 'Published')], default='draft', help_text='Only editors see a draft. In preparation: in the list, without a page. Published: for everyone.', max_length=12)),
                ('changed', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='modules', to='lessons.course')),
            ],
            options={
                'ordering': ['course', 'number'],
            },
        ),
        migrations.CreateModel(
            name='OldSlug',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='old_slugs', to='lessons.module')),
            ],
            options={
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('slug', models.SlugField(help_text="The end of the question's own link.", max_length=80)),
                ('text', lessons.models.LineField(max_length=200, verbose_name='question')),
                ('answer', lessons.models.MarkdownField(max_length=200000)),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='lessons.module')),
            ],
            options={
                'ordering': ['module', 'position', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.UniqueConstraint(fields=('course', 'number'), name='one_module_per_number', violation_error_message='This course already has a module with this number.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('module', 'slug'), name='one_question_per_slug', violation_error_message='Another question of this module has this slug.'),
        ),
    ]
